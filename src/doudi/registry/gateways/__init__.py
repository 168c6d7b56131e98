"""The published register in the lake, read one person at a time."""

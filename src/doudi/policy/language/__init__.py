"""The small language rules are written in: read, checked, explained; run on one household or as SQL on everybody."""

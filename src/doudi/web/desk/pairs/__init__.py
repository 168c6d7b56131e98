"""Records that may be one person: looked at side by side, joined, taken apart, and all of it undone."""

"""The lake, in this room's words."""

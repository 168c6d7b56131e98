"""Somebody came to the window: their application on one dense page, the same case as from a phone."""

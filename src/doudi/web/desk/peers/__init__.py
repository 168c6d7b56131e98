"""Other places: what they ask us, what we asked them, and who they are."""

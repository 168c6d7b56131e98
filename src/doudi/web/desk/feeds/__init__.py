"""What departments delivered, what was turned back and how to mend it."""

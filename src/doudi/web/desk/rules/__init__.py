"""Rules: read them, change a number, write a local warning, try it, let a second person approve."""

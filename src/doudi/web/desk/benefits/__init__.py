"""Help in force: what waits, and each benefit on its page."""

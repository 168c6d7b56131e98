"""Cases of a place, by where they stand."""

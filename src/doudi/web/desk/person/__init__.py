"""Everything known about one person, for a stated purpose."""

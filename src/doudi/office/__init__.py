"""Clerks, posts, areas, permits, the journal, notices."""

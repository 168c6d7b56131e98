"""Rolls checked against each other: counts, both rows, the article."""

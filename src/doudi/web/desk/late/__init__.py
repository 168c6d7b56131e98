"""Clocks: those of a case, and those overdue in a place."""

"""Reason sheets for the resident: what may be in reach, and why."""

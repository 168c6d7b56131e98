"""Objections to a report: written down at the window or in the village, looked at again by another person, answered."""

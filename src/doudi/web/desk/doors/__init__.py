"""Doors that are no screen of the person's own: paper forms, calls, people other departments point out, and who helps."""

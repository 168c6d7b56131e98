"""Sizes and seconds: what doudi costs beside what the machine could do at best."""

"""Trying numbers of the law on everybody."""

"""Warnings: why, from which rows, what to do."""

"""Whom to visit today."""

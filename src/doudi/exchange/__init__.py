"""Feeds in: contracts, loads, rejects."""

"""Requests of people about their own data, answered by a person."""

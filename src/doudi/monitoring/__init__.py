"""Evaluations, alerts, visits."""

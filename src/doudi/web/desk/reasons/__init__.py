"""Reason sheets for clerks: one programme, all of them, and what a case kept beside what the rules say today."""

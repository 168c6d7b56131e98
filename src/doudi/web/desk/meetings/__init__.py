"""Meetings about one household: the village's appraisal, the county's consultation."""

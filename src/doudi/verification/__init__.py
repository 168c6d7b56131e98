"""Means checks: authorised request, answers by source, report, batch."""

"""Visits of village and township workers, on a phone, with or without signal."""

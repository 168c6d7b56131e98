"""Signing in by a code, one's own cases, consents, and who looked."""

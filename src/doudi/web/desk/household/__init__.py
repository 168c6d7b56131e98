"""One household: who is counted and why, every tie, what was said, what happened."""

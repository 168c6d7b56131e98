"""One case on one page, and every step taken on it."""

"""The law as data, and the small language it is written in; no tables."""

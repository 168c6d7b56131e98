"""Pages, by who looks at them; no tables."""

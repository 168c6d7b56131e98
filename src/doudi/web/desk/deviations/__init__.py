"""How often offices decide otherwise than computed."""

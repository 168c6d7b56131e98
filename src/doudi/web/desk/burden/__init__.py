"""How heavy the work of townships and villages is."""

"""One visit: a few large buttons, a note if one likes, and whether they want us to apply."""

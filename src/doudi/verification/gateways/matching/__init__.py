"""Private matching over HTTP: the side that asks, the side that holds a list, and the library between them."""

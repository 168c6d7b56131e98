"""The one door for other systems: typed, described in OpenAPI, the same permits as pages."""

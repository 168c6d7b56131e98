"""The sources a check asks: datasets departments delivered into the lake."""

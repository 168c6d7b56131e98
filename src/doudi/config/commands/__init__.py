"""One file a command group; each offers `register(cli)`."""

"""The made-up city's nine services outside: they answer means checks over HTTP, each in its own way and time."""

"""The made-up city: a world first, then what departments write down about it, with their errors. Nobody in it is real."""

"""What only a demo has: who can sign in, a clock that can be moved, the text messages nobody receives."""

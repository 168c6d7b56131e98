"""People, households, consent."""

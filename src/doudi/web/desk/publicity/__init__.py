"""Running publicity lists, the sheet for the wall, objections."""

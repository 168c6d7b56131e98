"""Asking a family at the door about what differs: a few large buttons, nothing that was found."""

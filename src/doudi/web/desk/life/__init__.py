"""Rules with no life, on the desk."""

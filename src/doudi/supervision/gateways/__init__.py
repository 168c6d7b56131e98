"""What supervision reads from outside the database."""

"""Monthly runs, two-person approval, bank files."""

"""The side of the house open to everybody: home, standards, publicity lists, figures, whom to call."""

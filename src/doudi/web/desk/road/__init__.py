"""What a programme asks for besides the common steps: help first, self-care, agreements, other places, facts to find out."""

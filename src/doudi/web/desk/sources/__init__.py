"""Who is asked in means checks, how it fares, and what people carry there and back."""

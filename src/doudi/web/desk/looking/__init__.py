"""What was brought home from looking at a household: visits and signatures, neighbours, letters of inquiry."""

"""The words all rooms share: money in fen, citizen numbers, days, a household as rules see it."""

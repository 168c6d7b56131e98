"""The made-up city 禾安市: nobody in it is real."""

"""Papers of a case: print, photograph back, bring letters; and one household's file."""

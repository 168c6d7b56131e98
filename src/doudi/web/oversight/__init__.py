"""For auditors and directors: figures, stories with proofs, the journal. Nothing here writes into a case."""

"""授权书 of a case: who still has to sign and why, the printed form, evidence, taking back."""

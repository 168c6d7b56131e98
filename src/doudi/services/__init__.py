"""Other departments that help: referrals to them, their answers, and what they may look up here."""

"""What is known of me and my children who are minors: read, correct, object, take along, ask (PIPL Art. 44–50)."""

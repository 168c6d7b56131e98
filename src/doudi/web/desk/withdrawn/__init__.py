"""Taking a department's delivery back out: what comes with it first, then the reason; and what it changed for people."""

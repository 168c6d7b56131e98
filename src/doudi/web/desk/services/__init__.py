"""Referrals at the desk: the office's lists and forms, a department's own pile, looking a status up."""

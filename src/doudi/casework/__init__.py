"""From application to benefit: draft, case, survey, opinion, publicity, decision."""

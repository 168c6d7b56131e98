"""Who is away and who does their work; the working days gone by; what the work costs those who do it."""

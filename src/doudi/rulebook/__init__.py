"""Changes of the law that are made here: drafted, tried, approved by a second person, in force from a day."""

"""The application, one question a page, saved at each step."""

"""Pages of township and county offices."""

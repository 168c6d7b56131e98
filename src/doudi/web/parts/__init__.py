"""What every page is made of: layouts, components, permits, template tags."""

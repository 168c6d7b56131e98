"""The resident's own side: applying, for oneself or for another, and seeing how it goes. Works without script."""

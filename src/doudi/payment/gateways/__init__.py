"""The bank: the file that goes out, the answers that come back, and where files are kept."""

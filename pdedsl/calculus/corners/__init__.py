"""What solutions do at the corners of plane domains."""

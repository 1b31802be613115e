"""Numbers that data or conditions fix, looked for over decades, in bases."""

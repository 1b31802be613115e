"""One theorem a file: its hypotheses, which are proved from the symbols, and its constants."""

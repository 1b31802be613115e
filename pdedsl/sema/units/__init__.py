"""Units of numbers: read at declarations, and compared in laws."""

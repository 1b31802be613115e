"""Names that are not declared: derivatives of fields, and words of other languages."""

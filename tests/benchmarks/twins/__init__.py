"""Problems in other units, which are the same problems."""

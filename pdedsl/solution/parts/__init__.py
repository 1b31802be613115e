"""Problems whose domain is split: from the method to the system, and its state as one function."""

"""Problems of kinds that are easily solved wrongly, and whether what is said of them is true."""

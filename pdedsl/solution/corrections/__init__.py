"""The estimated error of a solution as a function: kept with it, and added to it."""

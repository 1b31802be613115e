"""The points that a solution is asked at: arrays, tensors, and those outside of the domain."""

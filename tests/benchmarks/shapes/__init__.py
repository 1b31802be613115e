"""Accuracy and time on shapes, with finite elements beside them."""

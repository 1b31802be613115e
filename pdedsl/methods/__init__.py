"""Methods: what to train with, how, and the loop that does it.

Nothing is imported here, so that a method can be read without loading torch.
"""

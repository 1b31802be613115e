"""The 22 problems of PINNacle (arXiv 2306.08827): our errors beside the published ones."""

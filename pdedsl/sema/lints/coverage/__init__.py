"""Whether every part of a boundary, and every interface, has as many conditions as it needs."""

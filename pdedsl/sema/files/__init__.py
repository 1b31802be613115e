"""Files that a text names: tables of numbers, and surface meshes."""

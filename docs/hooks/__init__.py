"""What the build of the documentation adds to its pages: output, pictures, formulas."""

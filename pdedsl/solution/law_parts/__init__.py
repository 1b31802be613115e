"""Laws of a solution at the parts of their places: residuals, sizes of terms, narrow features."""

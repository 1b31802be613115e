"""Sets in the plane: curves, where they meet, and the boundary as loops of arcs."""

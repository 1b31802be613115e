"""Programs that show the interface, and the reproductions of published figures."""

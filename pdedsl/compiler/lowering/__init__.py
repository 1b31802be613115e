"""From the expressions of laws to what is evaluated, and its code."""

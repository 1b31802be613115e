"""Laws that hold nowhere, or ask for fields where there are none."""

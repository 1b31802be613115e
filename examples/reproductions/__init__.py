"""Published figures, measured again: a script for each; see the README of this folder."""

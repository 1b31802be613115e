"""Lints: functions and numbers that the laws leave free."""

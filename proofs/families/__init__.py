"""Families: every quantity and claim, for all parameters."""

"""Verdicts of data on predictions, and their report."""

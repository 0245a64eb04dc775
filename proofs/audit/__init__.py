"""Datasets of table games, checked row by row."""

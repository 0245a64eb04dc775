"""Exact arithmetic for the engines: rational functions, conditions, linear programs."""

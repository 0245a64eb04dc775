"""Readers of what users write: spec files, Gambit's .nfg files, and the built-in gallery."""

"""Fuzzing: conjectures tested on random games, and counterexamples shrunk to small ones."""

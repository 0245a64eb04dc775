"""Fuzzing: random games, what is conjectured of them, counterexamples shrunk to small ones."""

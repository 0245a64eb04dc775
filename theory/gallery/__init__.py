"""The built-in specs, one TOML file each: classical games, the paper's, and counterexamples.

The files n1 to n8 are the counterexamples N1 to N8 of theory.md.
"""

"""The built-in specs, one TOML file per slug: classical games, the paper's, and the
counterexamples N1 to N8 of theory.md.
"""

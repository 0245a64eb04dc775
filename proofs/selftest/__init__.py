"""Tests of coopgap against mutated input, its peers and an oracle."""

"""Certificates as values and text, their sentences, and the specs that they are about."""

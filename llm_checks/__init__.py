"""Predictions of the theory put to the test: statistics, choices, language models."""

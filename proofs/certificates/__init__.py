"""Certificates as values and text, their claims in English, and their match with a spec."""

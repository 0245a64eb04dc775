"""Worked examples, figures and pages."""

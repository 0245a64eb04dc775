"""Worked examples: one neutral document made from a report, and three renderers over it."""

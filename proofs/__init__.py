"""Decisions with certificates: obligations, engines that find, and the checker that accepts."""

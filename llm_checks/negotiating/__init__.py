"""Contracts that agents propose and accept."""

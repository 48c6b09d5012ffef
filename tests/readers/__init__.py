"""Readers of the documentation, who type what it shows into terminals."""

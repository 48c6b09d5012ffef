"""Readers of the tutorial, who type what its chapters show."""

"""Tests that run on Djongo only."""

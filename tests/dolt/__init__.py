"""Tests that run on Dolt only."""

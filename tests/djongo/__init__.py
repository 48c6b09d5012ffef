"""Tests of what is true of Djongo only."""

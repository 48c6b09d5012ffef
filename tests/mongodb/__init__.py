"""Tests that run on MongoDB only."""

"""Tests that run on DoltLite only."""

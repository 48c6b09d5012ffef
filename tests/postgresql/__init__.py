"""Tests that run on PostgreSQL only."""

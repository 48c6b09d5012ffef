"""Compares the speed of the application with five other implementations of the same work."""

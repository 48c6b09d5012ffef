"""Dolt: its engine (base.py), and how a server is built and started (server.py)."""

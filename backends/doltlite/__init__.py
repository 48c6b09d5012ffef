"""DoltLite: its engine (base.py), and the file with its data (server.py)."""

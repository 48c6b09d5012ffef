"""DoltLite: its engine (base.py), and where its file is (server.py)."""

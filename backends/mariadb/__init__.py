"""MariaDB: its engine (base.py), and how a server is started (server.py)."""

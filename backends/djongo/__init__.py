"""MongoDB through Djongo: its engine (base.py), and its packages (server.py)."""

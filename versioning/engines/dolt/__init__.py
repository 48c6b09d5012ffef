"""The engine of the Dolt server with version control; backends/dolt/base.py is the one without."""

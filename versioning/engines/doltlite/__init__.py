"""The engine of DoltLite with version control; backends/doltlite/base.py is the one without."""

"""Starts servers and runs things on them: `python -m runner`."""

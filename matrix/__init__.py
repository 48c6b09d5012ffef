"""The shared suite on every backend: `python -m matrix`."""

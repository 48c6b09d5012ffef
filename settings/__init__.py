"""One module per backend: `settings.NAME` runs the application on NAME."""

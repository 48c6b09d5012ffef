"""How fast the application is, measured next to the same work written in five other ways."""

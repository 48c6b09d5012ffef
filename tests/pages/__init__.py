"""The web pages, used as a browser without JavaScript does."""

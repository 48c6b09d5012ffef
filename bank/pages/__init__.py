"""The web pages: a client of the REST API in the same process, with the curl line of each call."""

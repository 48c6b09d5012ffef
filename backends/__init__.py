"""The databases the application runs on: how their servers start, and what they need.

`python -m backends` lists them. The room of a backend (backends/NAME/) has `server(data)`, a
context manager that yields the URL of a running server, and `server_version(connection)`.
"""

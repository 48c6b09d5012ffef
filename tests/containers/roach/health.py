"""Answers every request with 200, as a CockroachDB node answers /health?ready=1."""

from http.server import BaseHTTPRequestHandler, HTTPServer


class Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    do_OPTIONS = do_GET

    def log_message(self, *_: object) -> None:
        """Log nothing: there are three requests per second."""


HTTPServer(("", 8080), Ready).serve_forever()

# Debian's Python, in place of python:3.13-slim.
FROM bank-local/debian:bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python-is-python3 python3-pip python3-venv \
    && rm -rf /var/lib/apt/lists/*

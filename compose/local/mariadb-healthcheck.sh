#!/bin/sh
# Succeeds if the server accepts connections; the options of the official image's script are ignored.
exec mariadb-admin --no-defaults --socket=/tmp/mariadb.sock --user=healthcheck ping

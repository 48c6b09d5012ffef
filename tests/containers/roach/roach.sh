#!/bin/sh
# SQL on port 26257, with the certificate of the nodes, for clients with a certificate of their authority;
# and the health check on port 8080. The options of `cockroach start` are ignored.
set -eu
# PostgreSQL requires that it owns the key, which belongs to root.
install -o postgres -m 600 /certificates/node.key /certificates/node.crt /certificates/ca.crt /tmp
python /health.py &
exec setpriv --reuid=postgres --regid=postgres --clear-groups /postgresql/postgres \
  -c listen_addresses='*' -c port=26257 -c unix_socket_directories=/tmp \
  -c ssl=on -c ssl_ca_file=/tmp/ca.crt -c ssl_cert_file=/tmp/node.crt -c ssl_key_file=/tmp/node.key

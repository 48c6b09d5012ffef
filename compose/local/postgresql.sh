#!/bin/sh
# Creates the data in $PGDATA at the first start, then runs the server. It listens on TCP only when the
# database exists, as the official image does.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # Under another name, so that an interrupted start is repeated.
  rm -rf "$PGDATA.new"
  # shellcheck disable=SC2086 # several words
  initdb --pgdata="$PGDATA.new" --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" \
    --auth-local=trust --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS:-}
  echo "host all all all scram-sha-256" >> "$PGDATA.new/pg_hba.conf"
  echo "CREATE DATABASE \"${POSTGRES_DB:-postgres}\";" | postgres --single -D "$PGDATA.new" postgres
  mv "$PGDATA.new" "$PGDATA"
fi
exec postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/tmp "$@"

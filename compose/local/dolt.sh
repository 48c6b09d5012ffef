#!/bin/bash
# Creates the owner and the databases at the first start, then runs the server with the configuration in
# /etc/dolt/servercfg.d, as the official image does.
set -eu
# From standard input: the arguments of a process are visible to all users of the machine.
dolt sql <<SQL
CREATE USER IF NOT EXISTS root@'${DOLT_ROOT_HOST:-localhost}' IDENTIFIED BY '$DOLT_ROOT_PASSWORD';
ALTER USER root@'${DOLT_ROOT_HOST:-localhost}' IDENTIFIED BY '$DOLT_ROOT_PASSWORD';
GRANT ALL ON *.* TO root@'${DOLT_ROOT_HOST:-localhost}' WITH GRANT OPTION;
SQL
if [ ! -f .init_completed ]; then
  for file in /docker-entrypoint-initdb.d/*.sql; do
    dolt sql < "$file"
  done
  touch .init_completed
fi
exec dolt sql-server --config=/etc/dolt/servercfg.d/server.yaml

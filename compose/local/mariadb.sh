#!/bin/sh
# Creates the data at the first start, then runs the server. The statements of the init file are executed
# before it accepts connections.
set -eu
data=/var/lib/mysql
if [ ! -d "$data/mysql" ]; then
  # Under another name, so that an interrupted start is repeated.
  rm -rf "$data/.new"
  mariadb-install-db --no-defaults --datadir="$data/.new" --skip-test-db --auth-root-authentication-method=normal
  mv "$data"/.new/* "$data"
fi
umask 077
password=$(cat "$MARIADB_ROOT_PASSWORD_FILE")
cat > /tmp/init.sql <<SQL
CREATE USER IF NOT EXISTS root@'%';
ALTER USER root@'%' IDENTIFIED BY '$password';
GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;
ALTER USER root@localhost IDENTIFIED BY '$password';
CREATE USER IF NOT EXISTS healthcheck@localhost;
CREATE DATABASE IF NOT EXISTS \`$MARIADB_DATABASE\`;
SQL
exec mariadbd --no-defaults --datadir="$data" --init-file=/tmp/init.sql --socket=/tmp/mariadb.sock "$@"

#!/bin/sh
# Creates secrets once, in the volume that is mounted at /secrets: `secret_key`, which signs sessions;
# `password`, the database owner's; `application_password`; and `url`, $URL with the owner's password in
# the place of {password}. If the application has a user of its own, $APPLICATION_URL becomes
# `application_url` likewise. The containers that mount this volume can read the files.
set -eu
umask 022

# create FILE: write standard input to a file unless it exists; a killed start leaves no half file
create() {
  if [ ! -s "/secrets/$1" ]; then
    cat > "/secrets/$1.new"
    mv "/secrets/$1.new" "/secrets/$1"
  fi
}

random() {
  head -c 48 /dev/urandom | base64 | tr -dc 'a-zA-Z0-9'
}

random | create secret_key
random | create password
random | create application_password
echo "$URL" | sed "s|{password}|$(cat /secrets/password)|" | create url
if [ -n "${APPLICATION_URL:-}" ]; then
  echo "$APPLICATION_URL" | sed "s|{password}|$(cat /secrets/application_password)|" | create application_url
fi

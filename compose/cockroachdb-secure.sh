#!/usr/bin/env bash
# What makes a secure CockroachDB cluster and its application's database. Runs as often as you like.
#
#   cockroachdb-secure.sh certificates NODE…   the authority, and certificates for nodes and users
#   cockroachdb-secure.sh database NODE        the cluster itself, its user `bank` and database `bank`
#
# Below CERTIFICATES (/certificates) are four directories, one for each who needs one: authority/ (its
# key signs, and goes to no server), nodes/, root/ and bank/ (the application, APPLICATION_UID).
# https://www.cockroachlabs.com/docs/stable/cockroach-cert
set -euo pipefail

readonly certificates=${CERTIFICATES:-/certificates}

authority() {
  local key=$certificates/authority/ca.key
  mkdir -p "$certificates"/{authority,nodes,root,bank}
  if [[ ! -e $key ]]; then
    cockroach cert create-ca --certs-dir="$certificates/authority" --ca-key="$key"
  fi
}

# certificate DIRECTORY FILE WORD…: one certificate, made by `cockroach cert WORD…` unless it is there
certificate() {
  local directory=$certificates/$1 file=$2
  cp "$certificates/authority/ca.crt" "$directory/"
  if [[ ! -e $directory/$file ]]; then
    cockroach cert "${@:3}" --certs-dir="$directory" --ca-key="$certificates/authority/ca.key"
  fi
}

make_certificates() {
  authority
  # One for all nodes and the load balancer before them; with nodes on machines of their own, make
  # one for each.
  certificate nodes node.crt create-node "$@" localhost 127.0.0.1
  certificate root client.root.crt create-client root
  certificate bank client.bank.crt create-client bank
  chown -R "${APPLICATION_UID:-$(id -u)}" "$certificates/bank"
}

make_database() {
  local here=(--certs-dir="$certificates/root" --host="$1")
  local said
  # The nodes may still be starting; and at the second run they are a cluster already.
  until said=$(cockroach init "${here[@]}" 2>&1) || [[ $said == *"already been initialized"* ]]; do
    echo "waiting for $1: $said"
    sleep 1
  done
  # As in the tutorial: everything within its database, migrations as well, and nothing elsewhere.
  cockroach sql "${here[@]}" \
    --execute="CREATE USER IF NOT EXISTS bank" \
    --execute="CREATE DATABASE IF NOT EXISTS bank" \
    --execute="GRANT ALL ON DATABASE bank TO bank"
}

case ${1:-} in
  certificates) make_certificates "${@:2}" ;;
  database) make_database "${2:?a node}" ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

#!/usr/bin/env bash
# Sets up a secure CockroachDB cluster and the application's database. Can be run repeatedly.
#
#   cockroachdb-secure.sh certificates NODE…   the authority, and certificates for nodes and users
#   cockroachdb-secure.sh database NODE        the cluster itself, its user `bank` and database `bank`
#
# CERTIFICATES (/certificates) gets four directories: authority/ (the CA and its private key, which is
# copied to no server), nodes/, root/ and bank/ (for the application; owned by APPLICATION_UID).
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

# certificate DIRECTORY FILE WORD…: create a certificate with `cockroach cert WORD…` unless it exists
certificate() {
  local directory=$certificates/$1 file=$2
  cp "$certificates/authority/ca.crt" "$directory/"
  if [[ ! -e $directory/$file ]]; then
    cockroach cert "${@:3}" --certs-dir="$directory" --ca-key="$certificates/authority/ca.key"
  fi
}

make_certificates() {
  authority
  # One certificate for all nodes and the load balancer; for nodes on separate machines, create one
  # for each.
  certificate nodes node.crt create-node "$@" localhost 127.0.0.1
  certificate root client.root.crt create-client root
  certificate bank client.bank.crt create-client bank
  chown -R "${APPLICATION_UID:-$(id -u)}" "$certificates/bank"
}

make_database() {
  local here=(--certs-dir="$certificates/root" --host="$1")
  local said
  # The nodes may still be starting; at a second run the cluster is already initialized.
  until said=$(cockroach init "${here[@]}" 2>&1) || [[ $said == *"already been initialized"* ]]; do
    echo "waiting for $1: $said"
    sleep 1
  done
  # As in the tutorial: all privileges on its own database, which migrations need, and no others.
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

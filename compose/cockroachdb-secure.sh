#!/usr/bin/env bash
# Sets up a secure CockroachDB cluster and the application's database. Can be run repeatedly.
#
#   cockroachdb-secure.sh certificates NODE…   the authority, and certificates for nodes and users
#   cockroachdb-secure.sh database NODE        the cluster itself, its user `bank` and database `bank`
#
# CERTIFICATES (/certificates) gets four directories: authority/ (the CA and its private key, which is
# copied to no server), nodes/, root/ and bank/ (for the application; owned by APPLICATION_UID).
# The first needs openssl, and makes the files that `cockroach cert` would make; the second cockroach.
# https://www.cockroachlabs.com/docs/stable/create-security-certificates-openssl
set -euo pipefail

readonly certificates=${CERTIFICATES:-/certificates}
readonly years_5=1826 years_10=3660 # in days, as long as those of `cockroach cert`

# certificate FILE COMMON-NAME DAYS EXTENSIONS SIGNER…: create FILE.key and FILE.crt, unless they exist
certificate() {
  local file=$certificates/$1 name=$2 days=$3 extensions=$4
  [[ ! -e $file.crt ]] || return 0
  # The certificate is created last and under another name, so that an interrupted run is repeated.
  (umask 077 && openssl genrsa -out "$file.key" 2048)
  openssl req -new -key "$file.key" -subj "/O=Cockroach/CN=$name" |
    openssl x509 -req -out "$file.new" -days "$days" -sha256 -set_serial "0x$(openssl rand -hex 16)" \
      -extfile <(echo "$extensions") "${@:5}"
  mv "$file.new" "$file.crt"
}

# signed FILE COMMON-NAME EXTENSIONS: create a certificate of the authority, and put the authority's beside it
signed() {
  local authority=$certificates/authority/ca
  cp "$authority.crt" "$certificates/${1%/*}/"
  certificate "$1" "$2" "$years_5" $'keyUsage = critical,digitalSignature,keyEncipherment\n'"$3" \
    -CA "$authority.crt" -CAkey "$authority.key"
}

# names NODE…: the value of subjectAltName
names() {
  local name kind all=()
  for name in "$@"; do
    kind=DNS
    [[ ! $name =~ ^[0-9.]+$|: ]] || kind=IP
    all+=("$kind:$name")
  done
  local IFS=,
  echo "${all[*]}"
}

make_certificates() {
  mkdir -p "$certificates"/{authority,nodes,root,bank}
  certificate authority/ca "Cockroach CA" "$years_10" \
    $'basicConstraints = critical,CA:true,pathlen:1\nkeyUsage = critical,keyCertSign,cRLSign' \
    -signkey "$certificates/authority/ca.key"
  # One certificate for all nodes and the load balancer; for nodes on separate machines, create one
  # for each. A node is also a client of the others.
  signed nodes/node node $'extendedKeyUsage = serverAuth,clientAuth\n'"subjectAltName = $(names "$@" localhost 127.0.0.1)"
  signed root/client.root root "extendedKeyUsage = clientAuth"
  signed bank/client.bank bank "extendedKeyUsage = clientAuth"
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
  *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

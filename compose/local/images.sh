#!/usr/bin/env bash
# Builds the images of images.env from packages (as root, on Debian), for machines that cannot pull the
# official ones: all of them, or those named: compose/local/images.sh postgresql dolt
# It is quick if nothing has changed.
set -euo pipefail
cd "$(dirname "$0")/../.."

# Debian itself, with this machine's certification authorities: its network may have a proxy with its own.
debian() {
  docker image inspect bank-local/debian:bookworm >/dev/null 2>&1 && return
  local root
  root=$(mktemp -d)
  debootstrap --variant=minbase bookworm "$root" >&2
  local authorities=/etc/authorities.crt # a name that no package has
  cp /etc/ssl/certs/ca-certificates.crt "$root$authorities"
  rm -rf "$root"/var/cache/apt/archives/*.deb
  tar -C "$root" -c . | docker import --change "ENV SSL_CERT_FILE=$authorities PIP_CERT=$authorities" \
    - bank-local/debian:bookworm
  rm -rf "$root"
}

# The build contexts of two images, with programs: Dolt's, which `python -m backends.dolt` has built, and
# docker with its plugin.
dolt_context() {
  cp --update "$(python3 -m backends.dolt | tail -n 1)" compose/local/dolt.sh build/dolt-image
}

docker_context() {
  local plugin
  plugin=$(docker info --format '{{range .ClientInfo.Plugins}}{{if eq .Name "compose"}}{{.Path}}{{end}}{{end}}')
  cp --update "$(command -v docker)" "$plugin" build/docker-image
}

docker version >/dev/null # fail now if there is no engine
names=("$@")
[[ $# -gt 0 ]] || names=(postgresql dolt mariadb mongodb haproxy docker)
mkdir -p build/{dolt,docker}-image # compose wants all contexts of its file
debian
for name in python "${names[@]}"; do
  ! declare -F "${name}_context" >/dev/null || "${name}_context"
  docker compose --env-file compose/local/images.env --file compose/local/images.yaml build --quiet "$name"
done

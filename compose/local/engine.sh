#!/usr/bin/env bash
# A Docker engine of its own, for machines that have none and may install only packages (Debian, as root):
#   compose/local/engine.sh start    installs and starts it; prints the variables that lead to it
#   compose/local/engine.sh stop     stops it; images and volumes are kept for the next start
# The engine is Debian's docker.io; `docker compose` is built with Go from go.mod beside this file. Both are
# done once. Everything is in CACHE (~/.cache/bank/docker).
set -euo pipefail
cd "$(dirname "$0")"

readonly cache=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bank/docker}
readonly socket=$cache/docker.sock pid=$cache/docker.pid
export DOCKER_HOST=unix://$socket DOCKER_CONFIG=$cache/config

install_packages() {
  local packages=(docker.io iptables debootstrap)
  if ! dpkg --status "${packages[@]}" >/dev/null 2>&1; then
    apt-get update --quiet=2
    apt-get install --quiet=2 --yes --no-install-recommends "${packages[@]}" >/dev/null
  fi
}

build_compose() {
  local plugin=$DOCKER_CONFIG/cli-plugins/docker-compose version
  version=$(sha256sum go.sum | cut -c 1-12)
  if [[ ! -x $plugin-$version ]]; then
    echo "building docker compose with Go (once, about 4 minutes)" >&2
    mkdir -p "${plugin%/*}"
    GOTOOLCHAIN=auto go build -trimpath -ldflags "-s -w" -o "$plugin-$version.new" github.com/docker/compose/v2/cmd
    mv "$plugin-$version.new" "$plugin-$version"
  fi
  ln -sfn "docker-compose-$version" "$plugin"
}

start() {
  mkdir -p "$cache"
  install_packages
  build_compose
  if ! answers; then
    setsid dockerd --data-root "$cache/data" --exec-root "$cache/exec" --pidfile "$pid" --host "$DOCKER_HOST" \
      </dev/null >"$cache/dockerd.log" 2>&1 &
    for _ in {1..100}; do
      answers && break
      sleep 0.2
    done
  fi
  if ! answers; then
    echo "The engine did not start; $cache/dockerd.log ends with:" >&2
    tail -n 5 "$cache/dockerd.log" >&2
    exit 1
  fi
  echo "export DOCKER_HOST=$DOCKER_HOST DOCKER_CONFIG=$DOCKER_CONFIG"
}

answers() {
  docker version >/dev/null 2>&1
}

stop() {
  if [[ -s $pid ]]; then
    local number
    number=$(cat "$pid")
    # A file that a crash has left may name another process now.
    [[ $(cat "/proc/$number/comm" 2>/dev/null) == dockerd ]] || return 0
    kill "$number"
    for _ in {1..600}; do
      kill -0 "$number" 2>/dev/null || return 0
      sleep 0.1
    done
    echo "Process $number, dockerd, does not end." >&2
    exit 1
  fi
}

case ${1:-} in
  start) start ;;
  stop) stop ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

# This machine's docker and docker compose, in place of docker:28-cli.
FROM scratch
COPY docker /usr/local/bin/
COPY docker-compose /usr/local/libexec/docker/cli-plugins/

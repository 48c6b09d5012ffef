# MariaDB from Debian's packages, in place of mariadb:10.11: the same variables, port, volume and health check.
FROM bank-local/debian:bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends mariadb-server-core mariadb-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system mysql && install --directory --owner mysql /var/lib/mysql
COPY --chmod=755 compose/local/mariadb.sh /usr/local/bin/docker-entrypoint.sh
COPY --chmod=755 compose/local/mariadb-healthcheck.sh /usr/local/bin/healthcheck.sh
USER mysql
VOLUME /var/lib/mysql
EXPOSE 3306
ENTRYPOINT ["docker-entrypoint.sh"]

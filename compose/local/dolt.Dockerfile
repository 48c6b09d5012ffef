# Dolt built by backends/dolt, in place of dolthub/dolt-sql-server: the same variables, files, port and volume.
FROM bank-local/debian:bookworm
RUN apt-get update && apt-get install --yes --no-install-recommends libicu72 libstdc++6 && rm -rf /var/lib/apt/lists/*
COPY dolt /usr/local/bin/
COPY --chmod=755 dolt.sh /usr/local/bin/docker-entrypoint.sh
WORKDIR /var/lib/dolt
VOLUME /var/lib/dolt
EXPOSE 3306
ENTRYPOINT ["docker-entrypoint.sh"]

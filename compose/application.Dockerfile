# The application as compose/cockroachdb-cluster.yaml runs it.
FROM python:3.13.15-slim
# 10001: the certificates of the application belong to this user.
RUN useradd --uid 10001 --create-home bank
WORKDIR /bank
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt
COPY manage.py .
COPY backends backends
COPY bank bank
COPY myproject myproject
COPY settings settings
USER bank

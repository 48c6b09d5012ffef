# SecantusDB, a stand-in for MongoDB, in place of mongo:8: the same port and volume. mongodb.yaml has its health check.
FROM bank-local/python:3.11
COPY backends/mongodb/requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir "$(grep --only-matching '^secantusdb==[^ ]*' requirements.txt)" pymongo
COPY backends/mongodb/secantusdb.py /secantusdb.py
RUN useradd --uid 999 mongodb && install --directory --owner mongodb /data/db
ENV PATH=/venv/bin:$PATH
USER mongodb
VOLUME /data/db
EXPOSE 27017
# Arguments, which are those of mongod, are ignored.
ENTRYPOINT ["sh", "-c", "exec python -P /secantusdb.py --host 0.0.0.0 --port 27017 --storage-path /data/db --sync-on-commit"]

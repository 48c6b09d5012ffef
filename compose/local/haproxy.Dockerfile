# HAProxy from Debian's packages, in place of haproxy:3.2.
FROM bank-local/debian:bookworm
RUN apt-get update && apt-get install --yes --no-install-recommends haproxy wget && rm -rf /var/lib/apt/lists/*
USER haproxy
STOPSIGNAL SIGUSR1
CMD ["haproxy", "-W", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]

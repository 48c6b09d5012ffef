"""Counts the statements of a request between the application and PostgreSQL.

A small proxy parses PostgreSQL's protocol
(https://www.postgresql.org/docs/18/protocol-message-formats.html) far enough to count the messages
that execute a statement. It needs no extension, setting or privilege on the server.
"""

from __future__ import annotations

import asyncio
import struct
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from statistics import median
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

from benchmarks.errors import DifferentAnswers
from benchmarks.running import Server
from benchmarks.works import Request

WANTS_ENCRYPTION = (80877103, 80877104)  # SSLRequest, GSSENCRequest
RUNS_SOMETHING = (b"Q", b"E")  # Query and Execute; BEGIN and COMMIT are such messages, too


class CountingProxy:
    """Listens on 127.0.0.1 and forwards everything to the server at `url`."""

    def __init__(self, url: str) -> None:
        self.address = conninfo_to_dict(url)
        self.count = 0
        self.port = 0

    @property
    def url(self) -> str:
        """The URL of the same database through the proxy."""
        names = (self.address.get("user"), self.address.get("password"))
        login = ":".join(quote(str(name), safe="") for name in names if name)
        return f"postgresql://{login}@127.0.0.1:{self.port}/{self.address['dbname']}"

    async def serve(self, ready: threading.Event, end: asyncio.Event) -> None:
        async with await asyncio.start_server(self.pass_on, "127.0.0.1", 0) as listener:
            self.port = listener.sockets[0].getsockname()[1]
            ready.set()
            await end.wait()

    async def pass_on(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        """Forward one connection until either side closes it."""
        server, requests = await self.connect()
        both = (self.read_messages(client, answers, requests), copy(server, answers))
        tasks = [asyncio.ensure_future(way) for way in both]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            requests.close()
            answers.close()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = str(self.address.get("host") or "localhost"), self.address.get("port") or 5432
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, int(port))

    async def read_messages(
        self,
        client: asyncio.StreamReader,
        answers: asyncio.StreamWriter,
        requests: asyncio.StreamWriter,
    ) -> None:
        while struct.unpack("!i", (start := await read_rest(client))[4:8])[0] in WANTS_ENCRYPTION:
            answers.write(b"N")  # refused: encrypted messages cannot be counted
        requests.write(start)
        while True:
            kind = await client.readexactly(1)
            self.count += kind in RUNS_SOMETHING
            requests.write(kind + await read_rest(client))
            await requests.drain()


async def read_rest(reader: asyncio.StreamReader) -> bytes:
    """Return a message after its type byte: its length, which includes itself, and its content."""
    length = await reader.readexactly(4)
    return length + await reader.readexactly(struct.unpack("!i", length)[0] - 4)


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


@contextmanager
def counting_proxy(url: str) -> Iterator[CountingProxy]:
    """Run a proxy to that server in a thread until the end of the block."""
    proxy, ready, end = CountingProxy(url), threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=[proxy.serve(ready, end)])
    thread.start()
    try:
        ready.wait()
        yield proxy
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        loop.close()


def statements_per_request(
    proxy: CountingProxy, server: Server, requests: Iterable[Request]
) -> int:
    """Return the median number of statements per request; no other client may send any."""
    counts = []
    for request in requests:
        before = proxy.count
        status, _ = server.ask(request)
        if status != 200:
            raise DifferentAnswers(f"{server.name} answers {request} with {status}.")
        time.sleep(0.005)  # some peers send statements after the answer
        counts.append(proxy.count - before)
    # The median, because the first request of a thread also opens a connection.
    return int(median(counts))

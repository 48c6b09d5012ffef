"""Count the statements of a request, between the application and PostgreSQL.

A small proxy that understands just enough of PostgreSQL's protocol
(https://www.postgresql.org/docs/18/protocol-message-formats.html) to see each message that makes
the server run something. It needs no extension, no setting and no right on the server.
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
    """Listens on 127.0.0.1 and passes everything on to the server at `url`."""

    def __init__(self, url: str) -> None:
        self.address = conninfo_to_dict(url)
        self.count = 0
        self.port = 0

    @property
    def url(self) -> str:
        """The same database as before, with the proxy in between."""
        names = (self.address.get("user"), self.address.get("password"))
        login = ":".join(quote(str(name), safe="") for name in names if name)
        return f"postgresql://{login}@127.0.0.1:{self.port}/{self.address['dbname']}"

    async def serve(self, ready: threading.Event, end: asyncio.Event) -> None:
        async with await asyncio.start_server(self.pass_on, "127.0.0.1", 0) as listener:
            self.port = listener.sockets[0].getsockname()[1]
            ready.set()
            await end.wait()

    async def pass_on(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
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
            answers.write(b"N")  # no: what is encrypted cannot be counted
        requests.write(start)
        while True:
            kind = await client.readexactly(1)
            self.count += kind in RUNS_SOMETHING
            requests.write(kind + await read_rest(client))
            await requests.drain()


async def read_rest(reader: asyncio.StreamReader) -> bytes:
    """A message after its type: its length, which counts itself, and what it says."""
    length = await reader.readexactly(4)
    return length + await reader.readexactly(struct.unpack("!i", length)[0] - 4)


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


@contextmanager
def counting_proxy(url: str) -> Iterator[CountingProxy]:
    """A proxy to that server, in a thread of this process until the end of the block."""
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
    """What a request costs a peer that has answered many before; nobody else may ask meanwhile."""
    counts = []
    for request in requests:
        before = proxy.count
        status, _ = server.ask(request)
        if status != 200:
            raise DifferentAnswers(f"{server.name} answers {request} with {status}.")
        time.sleep(0.005)  # some peers tidy up their connection after the answer
        counts.append(proxy.count - before)
    # The median: a request that meets a thread without a connection pays for connecting.
    return int(median(counts))

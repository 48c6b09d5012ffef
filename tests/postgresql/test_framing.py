"""A fuzzer of HTTP framing: whatever bytes arrive, the server sends well-formed responses.

FRAMING_REQUESTS is how many requests it sends (2,000 take a minute); FRAMING_SEED repeats a run.
"""

from __future__ import annotations

import os
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor

from tests.serving import Server
from tests.wire import Answer, Wire, ask, request

REQUESTS = int(os.environ.get("FRAMING_REQUESTS", "300"))
SEED = int(os.environ.get("FRAMING_SEED", "9"))
TIMEOUT = 2  # seconds for a response; an incomplete request gets none within 10

METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW", "get", ""]
PATHS = [
    "/customer/",
    "/customer/1",
    "/ping",
    "/admin/login/",
    "/docs",
    "/%00",
    "/%ff/%",
    "//",
    "*",
]
PATHS += [
    "http://localhost/ping/",
    "localhost:80",
    "/a b",
    "/é",
    "/\0",
    "/" + "x" * 70_000,
    "",
    "?",
]
VERSIONS = ["HTTP/1.1"] * 8 + ["HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/9", "http/1.1", "", "X"]
LENGTHS = ["0", "1", "5", "1048577", "-1", "+3", "0x10", "1e3", "3, 3", "3, 4", "٣", "", "9" * 40]
HEADERS = ["X: \0", "X: \x7f", "\0: x", " X: folded", "X : y", ": y", "X", "X:\ty", "X: é", "É: x"]
HEADERS += ["Host: elsewhere", "Host:", "Content-Type: x; CHARSET=hex", "Content-Type: \xff"]
HEADERS += [
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: gzip",
    "Transfer-Encoding: x, chunked",
]
HEADERS += ["Cookie: a=b", "Cookie: \x01", "Range: bytes=0-", "Expect: 100-continue", "Expect: x"]
HEADERS += ["Upgrade: h2c", "Connection: upgrade", "Connection: x", "Authorization: Bearer \xff"]
HEADERS += ["If-Match: \xff", "Idempotency-Key: \xff", "Idempotency-Key: " + "k" * 5000]
HEADERS += ["X: " + "y" * 500_000, *["\r\n".join(f"X{n}: y" for n in range(120))]]
BODIES = [
    "",
    "{",
    '{"name":"Fuzz"}',
    "\0" * 20,
    "x=y&z",
    "5\r\nab",
    "3\r\nabc\r\n0\r\n\r\n",
    "-1\r\nx",
]
BODIES += ["ffffffffffffffffff\r\nx", "3;x=y\r\nabc\r\n0\r\nT: x\r\n\r\n", "x" * 100_000]


def odd_request(chance: random.Random) -> bytes:
    """Return a request of which nearly every part may be invalid."""
    body = chance.choice(BODIES)
    fields = ["Host: localhost"] if chance.random() < 0.9 else []
    fields += chance.sample(HEADERS, chance.choice([0, 0, 1, 1, 2]))
    if chance.random() < 0.8:
        right = str(len(body.encode("latin-1")))
        fields.append(f"Content-Length: {chance.choice([right, right, *LENGTHS])}")
    end = chance.choice(["\r\n", "\r\n", "\r\n", "\n", "\r"])
    line = f"{chance.choice(METHODS)} {chance.choice(PATHS)} {chance.choice(VERSIONS)}"
    text = end.join([line, *fields, "", body])
    return text.encode("latin-1", errors="ignore")


def answers_to(port: int, sent: bytes, chance: random.Random) -> list[Answer]:
    """Send these bytes, in one or two pieces; return all responses. ValueError: malformed one."""
    answers: list[Answer] = []
    with Wire(port, timeout=TIMEOUT) as wire:
        try:
            cut = chance.randrange(len(sent) + 1) if chance.random() < 0.2 else len(sent)
            wire.send(sent[:cut])
            if cut < len(sent):
                time.sleep(0.02)
                wire.send(sent[cut:])
            while answer := wire.answer(to_head=sent.startswith(b"HEAD ")):
                answers.append(answer)
        except OSError:  # the server waits for more, or has closed the connection
            pass
    return answers


def pipelined(port: int, number: int) -> None:
    """Send pipelined requests, which must get their own responses, in order."""
    chance = random.Random(f"{SEED} {number}")
    names = [f"{number}-{place}" for place in range(chance.randint(2, 8))]
    bodies = [f'{{"name":"{name}"}}'.encode() for name in names]
    with Wire(port) as wire:
        for name, body in zip(names, bodies, strict=True):
            wire.send(request("POST", "/product/", body, X_Request_ID=name))
        for name in names:
            answer = wire.answer()
            assert answer and (answer.status, answer.headers["x-request-id"]) == (422, name)


def odd(port: int, number: int) -> None:
    """Send an odd request, whose responses must not be errors of the server."""
    chance = random.Random(f"{SEED} {number}")
    sent = odd_request(chance)
    for answer in answers_to(port, sent, chance):
        assert answer.status < 500 or answer.status in (501, 505), (sent[:500], answer)


def test_no_bytes_make_the_server_fail(running: Server) -> None:
    with ThreadPoolExecutor(16) as pool:
        calls = [
            pool.submit(pipelined if number % 5 == 0 else odd, running.port, number)
            for number in range(REQUESTS)
        ]
    for call in calls:
        call.result()

    assert ask(running.port, request("GET", "/customer/")).status == 200
    assert not re.search(r"Internal Server Error| 500 in ", running.output.read_text())

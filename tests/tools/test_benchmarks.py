"""The benchmark of every backend: its data, its requests, its table, and a short run."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import every_backend, memory
from benchmarks.__main__ import arguments, plans
from benchmarks.load import load
from benchmarks.report import Row
from benchmarks.rounds import take_times
from benchmarks.running import Server
from benchmarks.seed import lines, records
from benchmarks.works import WORKS, Key, numbers_are_keys
from matrix import speeds
from matrix.page import page
from matrix.results import Matrix
from runner.errors import CannotRun, ServerUnavailable
from tests.serving import ROOT, start

# Stands in for wrk where that is not installed: it sends 40 requests, one after the other. What is
# tested is not the speed.
WRK = f"""#!{sys.executable}
import sys, time, urllib.request
url, requests = sys.argv[-3], open(sys.argv[-1]).read().splitlines()[:40]
began = time.time()
for line in requests:
    method, path, *body = line.split(" ", 2)
    data = body[0].encode() if body else None
    with urllib.request.urlopen(urllib.request.Request(url + path, data, method=method)) as answer:
        answer.read()
print("RESULT", len(requests), int((time.time() - began) * 1e6), 1000, 2000, 0, 0, 0, 0, 0)
"""


def row(backend: str, peer: str, rps: float, ratio: float | None = None) -> dict[str, Any]:
    return {
        "backend": backend,
        "peer": peer,
        "work": "GET one",
        "rps": rps,
        "ratio_to_naive": ratio,
    }


MEASURED = {
    "about": "10,000 orders",
    "backends": {
        "dolt": {
            "status": "measured",
            "server": "Dolt 1.83.2",
            "left_out": {"100 orders": "bank returned errors"},
        },
        "cockroachdb": {"status": "not-run", "command": "get cockroach"},
        "mariadb": {"status": "failed", "reason": "naive returned\n<errors>"},
    },
    "rows": [row("dolt", "bank", 1988, 12.4), row("dolt", "naive", 4.56)],
}


def test_an_order_of_the_data_has_three_products_in_order_and_their_sum() -> None:
    orders = [content for kind, _, content in records(300) if kind == "order"]

    assert len(orders) == 300
    for order in orders:
        products = [product for product, _, _ in order["lines"]]
        assert len(set(products)) == 3 and products == sorted(products)
        total = sum(round(float(price) * 100) * n for _, price, n in order["lines"])
        assert round(float(order["subtotal"]) * 100) == total


def test_the_stream_begins_with_the_number_of_its_records() -> None:
    first, *middle, last = map(json.loads, lines(5))

    assert first == {"records": len(middle)}
    assert [len(last), len(last["hash"])] == [1, 64]


def test_requests_have_the_keys_of_the_backend() -> None:
    def key(kind: str, number: int) -> Key:
        return f"{kind}-{number}"

    [page] = WORKS["20 orders"].requests(1000, count=1, key=key)
    [order] = WORKS["POST order x3"].requests(1000, count=1, key=key)

    assert page.path == "/order/?limit=20&after=order-0"
    sent = json.loads(order.body)
    assert sent["customer"] == {"id": "customer-1"}
    assert [product["id"] for product in sent["products"]] == [
        f"product-{n}" for n in (2, 335, 668)
    ]


def test_the_table_has_two_lines_per_backend_and_one_if_it_was_not_measured() -> None:
    assert speeds.table(MEASURED) == [
        ["", "GET one"],
        ["dolt", "1,988 (12)"],
        ["dolt, naive", "4.6"],
        ["cockroachdb", "NOT RUN"],
        ["mariadb", "FAILED"],
    ]
    assert list(speeds.remarks(MEASURED)) == [
        "dolt: Dolt 1.83.2",
        "dolt, 100 orders: no figures, because bank returned errors",
        "cockroachdb was NOT RUN. To get a server: `get cockroach`",
        "mariadb FAILED: naive returned <errors>",
    ]


def test_the_report_shows_the_speed_only_if_it_was_measured() -> None:
    without, shown = page(Matrix([], "")), page(Matrix([], ""), MEASURED)

    assert "<h2>Speed</h2>" not in without
    assert "<th>dolt</th><td>1,988 (12)</td>" in shown
    assert "naive returned &lt;errors&gt;" in shown


def test_only_the_text_between_the_comments_is_replaced(tmp_path: Path) -> None:
    document = tmp_path / speeds.DOCUMENT
    document.parent.mkdir()
    document.write_text(f"before\n{speeds.BEGIN}old{speeds.END}\nafter\n")
    speeds.write(MEASURED, tmp_path)

    assert speeds.write_document(tmp_path, tmp_path) == speeds.DOCUMENT

    text = document.read_text()
    assert text.startswith(f"before\n{speeds.BEGIN}") and text.endswith(f"{speeds.END}\nafter\n")
    assert "\n| dolt | 1,988 (12) |\n" in text
    assert "old" not in text


def test_the_documentation_has_exactly_one_part_for_the_table() -> None:
    text = (ROOT / speeds.DOCUMENT).read_text()

    assert (text.count(speeds.BEGIN), text.count(speeds.END)) == (1, 1)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / speeds.FILE).write_text('{"backends": []}')

    with pytest.raises(CannotRun, match=f"{speeds.FILE} is damaged"):
        speeds.read(tmp_path)


def test_a_backend_that_cannot_be_measured_does_not_end_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def measure(one: Any, plan: Any) -> tuple[dict[str, Any], list[Row]]:
        if one.name == "dolt":
            raise ServerUnavailable("A server", "get dolt")
        if one.name == "mongodb":
            raise CannotRun("naive did not start")
        row = Row("bank", "GET one", 100, 5.0, 1.0, 2.0, None)
        return {"status": "measured", "server": "MariaDB 10"}, [row]

    monkeypatch.setattr(every_backend, "measure", measure)
    [plan] = plans(arguments(["--orders", "100"]))

    *_, content = every_backend.measure_all(["dolt", "mongodb", "mariadb"], plan)

    assert content["backends"] == {
        "dolt": {"status": "not-run", "command": "get dolt"},
        "mongodb": {"status": "failed", "reason": "naive did not start"},
        "mariadb": {"status": "measured", "server": "MariaDB 10"},
    }
    [measured] = content["rows"]
    assert (measured["backend"], measured["server"], measured["rps"]) == (
        "mariadb",
        "MariaDB 10",
        5,
    )


@pytest.mark.parametrize("works", [[], ["--works", "GET one"]])
def test_every_number_of_orders_is_measured_with_the_given_connections(works: list[str]) -> None:
    found = plans(arguments([*works, "--connections", "24", "--orders", "1000", "10000"]))

    assert [(plan.orders, plan.connections) for plan in found] == [(1000, 24), (10000, 24)]


@pytest.fixture
def wrk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a wrk on PATH that answers 10 requests a second; return the file of its arguments."""
    stub, said = tmp_path / "wrk", tmp_path / "said"
    stub.write_text(
        f"#!{sys.executable}\nimport re, sys\n"
        f"print(*sys.argv[1:], file=open({str(said)!r}, 'a'))\n"
        "seconds = int(re.search('duration=([0-9]+)s', ' '.join(sys.argv))[1])\n"
        "print('RESULT', 10 * seconds, seconds * 1000000, 1000, 2000, 0, 0, 0, 0, 0)\n"
    )
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return said


def numbers(said: Path) -> list[tuple[str, str]]:
    """Return the seconds and connections of each run of wrk."""
    lines = said.read_text().splitlines()
    return re.findall(r"--duration=(\d+)s --connections=(\d+) http", "\n".join(lines))


def test_too_few_responses_are_measured_again_for_longer(wrk: Path, tmp_path: Path) -> None:
    speed = load(Server("bank", 1, tmp_path), tmp_path, seconds=1, connections=24)

    assert numbers(wrk) == [("1", "24"), ("4", "24")]
    assert (speed.rps, speed.p50_ms, speed.p99_ms) == (10, 1, 2)


def test_each_round_has_the_seconds_and_connections_of_the_plan(wrk: Path, tmp_path: Path) -> None:
    words = ["--connections", "24", "--orders", "100", "--rounds", "2", "--seconds", "7"]
    [plan] = plans(arguments([*words, "--works", "GET one"]))
    tables: Any = SimpleNamespace(key=numbers_are_keys, wait_until_quiet=lambda: None)

    speeds = take_times([Server("bank", 1, tmp_path)], plan.works[0], plan, tables)

    warm_up = [("1", "24"), ("4", "24")]
    assert numbers(wrk) == [*warm_up, ("7", "24"), ("7", "24")]
    assert speeds["bank"].rps == 10


def test_both_applications_are_measured_on_a_backend(tmp_path: Path) -> None:
    stub, output = tmp_path / "bin" / "wrk", tmp_path / "output"
    stub.parent.mkdir()
    stub.write_text(WRK)
    stub.chmod(0o755)
    words = ["--backends", "doltlite", "--orders", "100", "--rounds", "1", "--seconds", "1"]
    words += ["--works", "GET one", "--output", str(tmp_path)]

    path = os.pathsep.join([*os.get_exec_path(), str(stub.parent)])
    code = start("benchmarks", *words, output=output, PATH=path).wait(120)

    assert code == 0, output.read_text()
    content = speeds.read(tmp_path)
    assert content and content["backends"]["doltlite"]["server"].startswith("DoltLite ")
    assert [each["peer"] for each in content["rows"]] == ["bank", "naive"]
    for each in content["rows"]:
        assert each["rps"] > 0 and each["statements"] is None
    assert "doltlite, naive" in output.read_text()


@pytest.mark.parametrize(
    "wrong", [["--connections", "1"], ["--connections", "1001"], ["--rounds", "0"]]
)
def test_numbers_that_cannot_be_measured_are_a_usage_error(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments(wrong)

    assert ended.value.code == 2
    assert "needs" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["x", "0", "-1", "1.5"])
def test_a_number_of_requests_that_is_none_is_a_usage_error(wrong: str) -> None:
    with pytest.raises(SystemExit) as ended:
        memory.main([wrong])

    assert ended.value.code == 2

"""The matrix shows every result that pytest reported."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from matrix.page import page
from matrix.report import markdown, read, write
from matrix.reports import Reports
from matrix.results import REASON, Matrix, Result
from matrix.results import Test as Ended
from matrix.row import Row
from matrix.run import exit_code, longest_first, run
from matrix.tables import remarks
from runner.compose import INSTALL
from runner.suite import CONTAINERS, TOOLS
from settings import NAMES
from tests.serving import ROOT

SUITE = """
import pytest

declared = pytest.mark.xfail(reason="it has no such thing", strict=True)

def test_that_passes(record_property):
    record_property("retries", 7)
    record_property("answers", {"200": 5})
    record_property("feature", ["values", "lists"])
    record_property("observed", "emulated")
    record_property("reason", "it is a text")
    record_property("link", "https://example.org/lists")
def test_that_fails(record_property):
    record_property("feature", ["isolation", "write skew prevented"])
    record_property("observed", "no")
    record_property("reason", "declared")
    assert 1 == 2
@declared
def test_of_a_difference(record_property):
    record_property("feature", ["values", "sets"])
    assert False
@declared
def test_of_a_difference_that_is_gone(): pass
@pytest.mark.skip(reason="no time")
def test_that_nobody_declared(): pass
@pytest.fixture
def broken(): raise LookupError("no server")
def test_whose_fixture_breaks(broken): pass
@pytest.fixture
def ends_badly():
    yield
    raise LookupError("no end")
def test_that_fails_twice(ends_badly): assert "first"[1:] == "first"
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory in which a small suite with every kind of outcome has run."""
    directory = tmp_path_factory.mktemp("suite")
    (directory / "test_x.py").write_text(SUITE)
    plugins = ("-p", "no:django", "-p", "matrix.pytest_plugin")
    command = [*("-m", "pytest", "-c", "/dev/null"), *plugins, "test_x.py"]
    with (directory / "output").open("wb") as log:
        subprocess.run(
            [sys.executable, *command, "--report-log=reports"],
            cwd=directory,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=log,
        )
    return directory


@pytest.fixture
def suite(ran: Path) -> Reports:
    """Return the reports of this suite, not yet read."""
    return Reports(ran / "reports", ran / "output")


def test_every_outcome_is_reported(suite: Reports) -> None:
    suite.read()

    outcomes = {node.partition("::")[2]: test.outcome for node, test in suite.tests.items()}

    assert suite.selected() == 7
    assert outcomes == {
        "test_that_passes": "passed",
        "test_that_fails": "failed",
        "test_of_a_difference": "expected",
        "test_of_a_difference_that_is_gone": "failed",
        "test_that_nobody_declared": "failed",
        "test_whose_fixture_breaks": "failed",
        "test_that_fails_twice": "failed",
    }


def test_tests_that_share_a_node_id_are_counted_separately(tmp_path: Path) -> None:
    reports = Reports(tmp_path / "reports", tmp_path / "output")
    usual = {"$report_type": "TestReport", "nodeid": "tests/test_a.py::test_calls"}
    usual |= {"outcome": "passed", "duration": 0.5, "user_properties": []}
    lines = [usual | {"location": ["a.py", 1, f"test_calls[{path}]"]} for path in ("/a", "/b")]
    reports.reports.write_text("".join(f"{json.dumps(line)}\n" for line in lines * 3))

    reports.read()

    assert {node: test.seconds for node, test in reports.tests.items()} == {
        "tests/test_a.py::test_calls[/a]": 1.5,
        "tests/test_a.py::test_calls[/b]": 1.5,
    }


def test_a_report_is_read_once_while_it_is_written_in_pieces(tmp_path: Path) -> None:
    reports = Reports(tmp_path / "reports", tmp_path / "output")
    passed = {"$report_type": "TestReport", "outcome": "passed", "duration": 1}
    named = {"nodeid": "a.py", "location": ["a.py", 1, "b"], "user_properties": []}
    line = json.dumps(passed | named)

    def write_pieces() -> None:
        with reports.reports.open("wb", buffering=0) as log:
            for _ in range(5000):
                log.write(line[:50].encode())
                log.write(f"{line[50:]}\n".encode())

    writer = threading.Thread(target=write_pieces)
    writer.start()
    while writer.is_alive():
        reports.read()
    writer.join()
    reports.read()

    assert reports.tests["a.py::b"].seconds == 5000


def test_every_failure_has_a_reason(suite: Reports) -> None:
    suite.read()

    reasons = {node.partition("::")[2]: test.reason for node, test in suite.tests.items()}

    assert reasons["test_that_fails"] == "assert 1 == 2"
    assert reasons["test_of_a_difference"] == "it has no such thing"
    assert "XPASS(strict)" in str(reasons["test_of_a_difference_that_is_gone"])
    assert "Skipped: no time" in str(reasons["test_that_nobody_declared"])
    assert "no server" in str(reasons["test_whose_fixture_breaks"])
    assert "irst' == 'first'" in str(reasons["test_that_fails_twice"])


def test_only_a_failed_test_has_a_traceback(suite: Reports) -> None:
    suite.read()

    found = {node.partition("::")[2]: test.traceback for node, test in suite.tests.items()}

    assert ">       assert 1 == 2" in str(found["test_that_fails"])
    assert "test_x.py:17: AssertionError" in str(found["test_that_fails"])
    for part in ("assert 'irst' == 'first'", "LookupError: no end"):
        assert part in str(found["test_that_fails_twice"])
    assert (found["test_that_passes"], found["test_of_a_difference"]) == (None, None)


def test_the_table_shortens_a_reason_to_one_line_and_the_page_shows_all_of_it(
    tmp_path: Path,
) -> None:
    reason = f"assert 503 == 200\n <Response> {'x' * REASON} the end"
    failed = Ended("failed", reason, traceback="def <test>():\n>   assert 503 == 200")
    result = Result("dolt", status="failed", log="build/logs/dolt-tests.log")
    result.tests = {"tests/test_a.py::test_1": failed}

    said = "\n".join(write(Matrix([result], ""), tmp_path))

    shown = f"- dolt FAILED: assert 503 == 200 <Response> {'x' * (REASON - 29)}…\n"
    assert shown in said
    assert shown.replace("<", "&lt;") in (tmp_path / "matrix.md").read_text()
    assert "- dolt FAILED (its log: build/logs/dolt-tests.log)\n" in said
    page = (tmp_path / "matrix.html").read_text()
    assert "the end" in page
    assert "<pre>def &lt;test&gt;():\n&gt;   assert 503 == 200</pre>" in page
    assert 'href="logs/dolt-tests.log"' in page


def test_the_page_links_each_number_to_its_group_where_failed_tests_come_first() -> None:
    tests = {"tests/test_a.py::test_1": Ended(), "tests/test_a.py::test_2": Ended("failed", "no")}
    tests["tests/test_b.py::test_3"] = Ended("expected", "it has no sets")

    shown = page(Matrix([Result("dolt", "failed", tests=tests)], ""))

    assert '<a href="#dolt-a">1 1 FAILED</a>' in shown
    assert '<details id="dolt-a" open>' in shown
    assert '<details id="dolt-b">' in shown
    assert shown.index("test_2") < shown.index("test_1")


def test_a_saved_matrix_is_read_unchanged(suite: Reports, tmp_path: Path) -> None:
    suite.read()
    run = Result("dolt", "failed", "Dolt 1.83.2", 2.5, log="dolt.log", tests=suite.tests)
    matrix = Matrix([run, Result("cockroachdb", command="get cockroach")], "Python, 1 core")

    list(write(matrix, tmp_path))

    assert read(tmp_path / "matrix.json") == matrix


DAMAGED = '{"versions": "", "backends": {"dolt": {"tests": {"a": %s}}}}'


@pytest.mark.parametrize(
    "content",
    [
        *("", "{", "[]", "{}", '{"backends": []}', "[" * 100_000),
        '{"versions": null, "backends": {}}',
        '{"versions": "", "backends": {"dolt": {"status": "weird", "tests": {}}}}',
        '{"versions": "", "backends": {"dolt": {"server": 3, "tests": {}}}}',
        '{"versions": "", "backends": {"dolt": {"unknown": 3, "tests": {}}}}',
        DAMAGED % '{"outcome": "weird"}',
        *(DAMAGED % '{"feature": ["isolation"]}', DAMAGED % '{"feature": ["a", "b", "c"]}'),
        DAMAGED % '{"observed": 3}',
        DAMAGED % '{"link": "javascript:alert(1)"}',
        DAMAGED % '{"unknown": 3}',
    ],
)
def test_a_damaged_matrix_is_refused_in_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "matrix.json").write_text(content)

    refused = run_matrix("--docs", "--output", str(tmp_path))

    assert refused.stderr == f"{tmp_path}/matrix.json is damaged: run `make matrix` again.\n"


def test_a_directory_in_the_place_of_a_matrix_is_no_matrix(tmp_path: Path) -> None:
    (tmp_path / "matrix.json").mkdir()

    refused = run_matrix("--docs", "--output", str(tmp_path))

    assert refused.stderr == f"There is no {tmp_path}/matrix.json: `make matrix` writes it.\n"


def test_who_reads_the_report_while_the_next_one_is_written_gets_all_of_it(tmp_path: Path) -> None:
    list(write(Matrix([Result("dolt", "passed")], "the first run"), tmp_path))
    files = [tmp_path / name for name in ("matrix.html", "matrix.json", "matrix.md")]
    texts = [file.read_text() for file in files]

    with ExitStack() as stack:
        opened = [stack.enter_context(file.open()) for file in files]
        list(write(Matrix([Result("dolt", "passed")], "the second run"), tmp_path))
        read_late = [file.read() for file in opened]

    assert read_late == texts
    assert all("the second run" in file.read_text() for file in files)
    assert sorted(tmp_path.iterdir()) == files


def test_an_output_that_cannot_be_written_is_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    refused = run_matrix("tools", "--output", str(tmp_path / "file"))

    assert refused.stderr == f"Cannot write into {tmp_path}/file: File exists.\n"


def run_matrix(*words: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m matrix` and return its result."""
    command = [sys.executable, "-m", "matrix", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_an_unfinished_report_is_read_up_to_its_last_complete_line(
    suite: Reports, tmp_path: Path
) -> None:
    complete = suite.reports.read_bytes()
    suite.reports = tmp_path / "reports"
    suite.reports.write_bytes(complete[: len(complete) // 2])

    suite.read()
    early = len(suite.tests)
    suite.reports.write_bytes(complete)
    suite.read()

    assert early < len(suite.tests) == 7


def test_the_files_list_the_backends_that_ran_and_those_that_did_not(
    suite: Reports, tmp_path: Path
) -> None:
    suite.read()
    run = Result("dolt", status="failed", server="Dolt 1.83.2", seconds=2.5, tests=suite.tests)
    absent = Result("cockroachdb", command="get cockroach")

    said = "\n".join(write(Matrix([run, absent], "Python"), tmp_path))

    saved = json.loads((tmp_path / "matrix.json").read_text())["backends"]
    counts = {name: saved["dolt"][name] for name in ("passed", "expected", "failed")}
    assert counts == {"passed": 1, "expected": 1, "failed": 5}
    assert (saved["cockroachdb"]["status"], saved["cockroachdb"]["command"]) == (
        "not-run",
        "get cockroach",
    )
    assert "1 +1 expected 5 FAILED  NOT RUN" in said
    assert "retries" in said
    assert "get cockroach" in said
    assert "- dolt: Dolt 1.83.2\n" in (tmp_path / "matrix.md").read_text()
    assert "get cockroach" in (tmp_path / "matrix.html").read_text()


def test_a_number_recorded_by_a_test_is_a_row(suite: Reports) -> None:
    suite.read()

    assert Matrix([Result("dolt", tests=suite.tests)], "").figures() == {"retries": {"dolt": "7"}}


@pytest.mark.parametrize(
    ("statuses", "required", "expected"),
    [
        ({"postgresql": "passed", "dolt": "not-run"}, [], 0),
        ({"postgresql": "passed", "dolt": "not-run"}, ["dolt"], 1),
        ({"postgresql": "passed", "dolt": "failed"}, [], 1),
        ({"dolt": "not-run"}, [], 1),
    ],
)
def test_the_exit_code_is_1_if_a_backend_failed_or_a_required_one_did_not_run(
    statuses: dict[str, str], required: list[str], expected: int
) -> None:
    results = [Result(name, status=status) for name, status in statuses.items()]

    assert exit_code(results, required) == expected


def test_the_backend_that_took_longest_starts_first(tmp_path: Path) -> None:
    earlier = tmp_path / "matrix.json"
    without = longest_first(["djongo", "dolt", "tools", "containers"], earlier)
    took = [Result("dolt", seconds=500), Result("djongo", seconds=999), Result("cockroachdb")]
    list(write(Matrix(took, ""), tmp_path))

    assert without == ["dolt", "djongo", "tools", "containers"]
    (tmp_path / "damaged").write_text("{")
    assert longest_first(without, tmp_path / "damaged") == without
    assert longest_first(["tools", "cockroachdb", "dolt", "djongo"], earlier) == [
        *("djongo", "dolt", "cockroachdb", "tools")
    ]


def test_the_columns_are_in_the_given_order_whichever_backend_ends_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = {name: Result(name, "passed") for name in ("mongodb", "dolt")}
    monkeypatch.setattr("matrix.run._results", lambda *_: ended)

    run(["dolt", "mongodb"], [], tmp_path)

    assert capsys.readouterr().out.split()[:2] == ["dolt", "mongodb"]


def test_one_row_more_than_there_are_cores_runs_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[str] = []

    class Slow:
        def __init__(self, name: str, *_: object, **options: object) -> None:
            self.name, self.asked = name, 0
            began.append(name)

        def __enter__(self) -> Slow:
            return self

        def __exit__(self, *_: object) -> None: ...

        def ended(self) -> bool:
            self.asked += 1
            at_once.append(len(began))
            return self.asked > 2

        def result(self) -> Result:
            return Result(self.name, "passed")

    at_once: list[int] = []
    monkeypatch.setattr("matrix.run.Row", Slow)
    cores = os.cpu_count() or 1
    names = [f"row {number}" for number in range(cores + 3)]
    monkeypatch.setattr("matrix.run.longest_first", lambda *_: [*names])

    assert run(names, [], tmp_path) == 0

    assert (at_once[0], began) == (cores + 1, names)


def test_a_row_without_tests_has_failed_and_a_reason_names_all_its_tests() -> None:
    tests = {f"tests/test_a.py::test_{n}": Ended("expected", "it has no sets") for n in (1, 2)}
    results = [
        Result("dolt", "failed", reason="no server", log="dolt.log"),
        Result("mongodb", tests=tests),
    ]

    text = markdown(Matrix(results, ""))
    printed = list(remarks(Matrix(results, "")))

    assert "| all | FAILED | " in text
    listed = [f"    - {node}" for node in tests]
    failed = "- dolt FAILED (its log: dolt.log): no server"  # last, where CI shows it
    assert printed[-4:] == ["- mongodb differs: it has no sets", *listed, failed]
    assert "\n".join(["### mongodb", "", *printed[:-1]]) in text
    assert failed not in text.partition("### mongodb")[2]
    assert "All differences of one backend: [dolt](#dolt), [mongodb](#mongodb)." in text


def test_a_row_that_cannot_run_names_the_command_and_shows_no_earlier_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("COCKROACHDB_URL", "")
    row = Row("cockroachdb", 0, tmp_path)
    for file in (row.log, row.reports.reports, row.reports.running):
        file.write_text("earlier\n")

    with row:
        result = row.result()

    assert (result.status, result.tests) == ("not-run", {})
    assert "binaries.cockroachdb.com" in str(result.command)


@pytest.mark.parametrize(
    ("name", "docker"), [("postgresql", True), ("containers", True), ("containers", False)]
)
def test_a_row_in_containers_without_an_engine_names_the_command_that_installs_it(
    name: str, docker: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with Row(name, 0, tmp_path, docker=docker) as row:
        result = row.result()

    assert (result.status, result.command) == ("not-run", INSTALL)


def test_the_report_of_a_container_is_closed_to_others_and_no_other_directory_is_opened(
    tmp_path: Path,
) -> None:
    row = Row("dolt", 0, tmp_path, docker=True)
    mode = stat.S_IMODE(tmp_path.stat().st_mode)

    with row.stack:
        words = row._report()
        report = row.reports.reports.parent
        modes = [stat.S_IMODE(place.stat().st_mode) for place in (report, report.parent, tmp_path)]

    assert words == ["--docker", f"--report={report}", "--report-log=/report/dolt.jsonl"]
    assert modes == [0o777, 0o700, mode]
    assert not report.parent.exists()


def test_a_run_in_containers_has_all_backends_and_the_tests_of_containers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # without Docker, so that no row is run
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")  # if one is run, it ends soon

    said = run_matrix("--docker", "--output", str(tmp_path))

    saved = read(tmp_path / "matrix.json")
    assert (said.returncode, said.stderr) == (1, "")
    assert {result.name for result in saved.results} == {*NAMES, CONTAINERS}
    assert {(result.status, result.command) for result in saved.results} == {("not-run", INSTALL)}
    assert "; in containers" in saved.about


def test_only_backends_are_run_in_containers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite, engine = tmp_path / "test_suite.py", tmp_path / "docker"
    suite.write_text("def test_that_passes(): pass\n")
    engine.write_text("#!/bin/sh\n")  # an engine that accepts everything and runs nothing
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTEST_ADDOPTS", f"{suite} -c pyproject.toml -p no:cacheprovider")

    said = run_matrix("--docker", TOOLS, CONTAINERS, "--output", str(tmp_path))

    assert said.stdout.splitlines()[-1] == "2 passed, 0 failed"
    assert said.returncode == 0


def test_a_row_whose_server_is_missed_only_by_its_child_was_not_run(tmp_path: Path) -> None:
    row = Row("dolt", 0, tmp_path)
    said = "installing \xff\nA server is not available. To get it:\n  apt install it\n"
    row.log.write_text(said, encoding="latin-1")
    ends = [sys.executable, "-c", f"raise SystemExit({os.EX_UNAVAILABLE})"]
    row.child = subprocess.Popen(ends)
    row.child.wait()
    row.began = time.monotonic()

    result = row.result()

    assert (result.status, result.command) == ("not-run", "apt install it")


def test_the_progress_of_a_row_is_one_line(tmp_path: Path) -> None:
    row = Row("tools", 0, tmp_path)
    starting = row.progress()
    row.log.write_text("server: none\ncollected 1450 items / 250 deselected / 1200 selected\n")
    row.reports.tests = {str(n): Ended("failed" if n < 3 else "passed") for n in range(1012)}

    assert starting == "tools: starting"
    assert row.progress() == "tools: 1,012 of 1,200, 3 failed"


def test_without_a_terminal_progress_is_printed_every_30_seconds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = Row("tools", 0, tmp_path)
    row.printed = time.monotonic() - 29

    row.ended()
    early = capsys.readouterr().out
    row.printed -= 1
    row.ended()
    row.ended()

    assert (early, capsys.readouterr().out) == ("", "tools: starting\n")

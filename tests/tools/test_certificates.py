"""The certificates that compose/cockroachdb-secure.sh makes with openssl."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.serving import ROOT

OPENSSL = shutil.which("openssl") or "openssl"
NODES = ["roach1", "roach2", "10.0.0.3"]
OWNED = {
    *("authority/ca.crt", "authority/ca.key"),
    *("nodes/ca.crt", "nodes/node.crt", "nodes/node.key"),
    *("root/ca.crt", "root/client.root.crt", "root/client.root.key"),
    *("bank/ca.crt", "bank/client.bank.crt", "bank/client.bank.key"),
}


def make_certificates(directory: Path) -> dict[str, bytes]:
    """Run the script; return the content of all files that are in the directory then."""
    script = ROOT / "compose" / "cockroachdb-secure.sh"
    variables = os.environ | {"CERTIFICATES": str(directory)}
    subprocess.run([script, "certificates", *NODES], env=variables, check=True, capture_output=True)
    files = [file for file in directory.rglob("*") if file.is_file()]
    return {file.relative_to(directory).as_posix(): file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory in which the script has created all certificates."""
    directory = tmp_path_factory.mktemp("certificates")
    make_certificates(directory)
    return directory


def openssl(*words: str | Path) -> str:
    """Return the output of `openssl WORDS`, or of its error if it fails."""
    done = subprocess.run([OPENSSL, *words], capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else done.stdout


def test_every_certificate_is_in_the_directory_of_its_owner(certificates: Path) -> None:
    again = make_certificates(certificates)

    assert again.keys() == OWNED
    for name in OWNED:
        mode = (certificates / name).stat().st_mode & 0o777
        assert mode == (0o600 if name.endswith(".key") else 0o644)


def test_a_second_run_creates_only_what_is_missing(tmp_path: Path) -> None:
    first = make_certificates(tmp_path)
    second = make_certificates(tmp_path)
    (tmp_path / "bank" / "client.bank.crt").unlink()  # as after an interrupted run
    third = make_certificates(tmp_path)

    changed = {name for name in third if third[name] != first[name]}
    assert second == first
    assert changed == {"bank/client.bank.crt", "bank/client.bank.key"}


@pytest.mark.parametrize(
    ("file", "purposes"),
    [
        ("nodes/node.crt", {"sslserver", "sslclient"}),  # a node is also a client of the others
        ("root/client.root.crt", {"sslclient"}),
        ("bank/client.bank.crt", {"sslclient"}),
    ],
)
def test_the_authority_vouches_for_a_certificate_for_its_purposes_only(
    certificates: Path, file: str, purposes: set[str]
) -> None:
    path = certificates / file
    verify = ("verify", "-x509_strict", "-CAfile", path.parent / "ca.crt")

    good = {
        purpose
        for purpose in ("sslserver", "sslclient")
        if openssl(*verify, "-purpose", purpose, path) == f"{path}: OK\n"
    }

    assert good == purposes


def test_the_certificates_have_the_names_that_cockroachdb_expects(certificates: Path) -> None:
    subject = ("x509", "-noout", "-subject", "-nameopt", "RFC2253", "-in")
    subjects = [
        openssl(*subject, certificates / file).strip()
        for file in ("nodes/node.crt", "root/client.root.crt", "bank/client.bank.crt")
    ]
    names = openssl(
        *("x509", "-noout", "-ext", "subjectAltName", "-in"), certificates / "nodes/node.crt"
    )

    assert subjects == [f"subject=CN={name},O=Cockroach" for name in ("node", "root", "bank")]
    assert re.findall(r"(?:DNS|IP Address):([^,\s]+)", names) == [*NODES, "localhost", "127.0.0.1"]

"""Time stamps over checkpoints, by an authority that openssl plays (docs/spec/26-witnesses.md, Time stamps)."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.daily_kit import HABI, Evening

pytest.importorskip("rfc3161_client")
if shutil.which("openssl") is None:
    pytest.skip("openssl is not installed: nobody stamps", allow_module_level=True)

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[tsa]
basicConstraints = CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[stamp]
serial = {folder}/serial
default_policy = 1.2.3.4.1
signer_digest = sha256
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Authority:
    """A time stamping authority for drills: a root and a certificate for stamping."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "serial").write_text("01\n")
        self.root = folder / "root.pem"
        self._certificate("root", "Akar Contoh", "-x509", "-extensions", "ca", "-out", str(self.root))
        self._certificate("tsa", "Stempel Contoh", "-out", str(folder / "tsa.csr"))
        self._openssl("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "3650",
                      "-extfile", "tsa.cnf", "-extensions", "tsa", "-out", "tsa.pem")  # fmt: skip

    def _certificate(self, name: str, shown: str, *rest: str) -> None:
        (self.folder / f"{name}.cnf").write_text(CONFIG.format(name=shown, folder=self.folder))
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key")
        self._openssl("req", "-new", "-config", f"{name}.cnf", *key, "-days", "3650", *rest)

    def answer(self, request: Path, response: Path) -> None:
        self._openssl("ts", "-reply", "-config", "tsa.cnf", "-section", "stamp", "-queryfile", str(request), "-signer", "tsa.pem",
                      "-inkey", "tsa.key", "-out", str(response))  # fmt: skip

    def _openssl(self, *argv: str) -> None:
        done = subprocess.run(["openssl", *argv], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa") / "ca")


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Evening:
    made = Evening(tmp_path_factory.mktemp("stempel"), desa=(HABI,))
    assert made.desk.run("witness", "stamp", "--out", "malam.checkpoint").exit == 0
    authority.answer(made.root / "malam.tsq", made.root / "malam.tsr")
    return made


def stamped(evening: Evening, checkpoint: str, response: str, root: Path) -> tuple[int, str]:
    ended = evening.desk.run("witness", "stamped", checkpoint, response, "--certificate", str(root), "--json")
    return ended.exit, json.loads(ended.out)["line"] if ended.exit == 0 else json.loads(ended.err.splitlines()[-1])["code"]


def test_the_stamp_tells_when_the_checkpoint_was_there(evening: Evening, authority: Authority) -> None:
    with evening.office.open(write=False) as office:
        assert stamped(evening, "malam.checkpoint", "malam.tsr", authority.root) == (0, office.ledger.head().short)


def test_openssl_alone_proves_it_too(evening: Evening, authority: Authority) -> None:
    argv = ["openssl", "ts", "-verify", "-data", "malam.checkpoint", "-in", "malam.tsr", "-CAfile", str(authority.root)]
    assert subprocess.run(argv, cwd=evening.root, capture_output=True, check=False).returncode == 0


def test_what_does_not_fit_proves_nothing(evening: Evening, authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path / "lain")
    assert stamped(evening, "malam.checkpoint", "malam.tsr", other.root) == (4, "timestamp.unproven")
    evening.labels()
    assert evening.desk.run("witness", "stamp", "--out", "pagi.checkpoint").exit == 0
    assert stamped(evening, "pagi.checkpoint", "malam.tsr", authority.root) == (4, "timestamp.unproven")
    (evening.root / "rusak.tsr").write_bytes(b"bukan stempel")
    assert stamped(evening, "malam.checkpoint", "rusak.tsr", authority.root) == (2, "timestamp.form")
    assert stamped(evening, "malam.checkpoint", "malam.tsr", evening.root / "malam.checkpoint") == (2, "timestamp.certificate")

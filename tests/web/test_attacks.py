"""Callers who mean harm, at a server that runs: stolen keys, replays, floods, slow ones, huge ones, a false office (threat model)."""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("httpx2")

import httpx2

from custody.assembly import stations
from custody.core.bundle import Address
from custody.core.ed25519 import SigningKey
from custody.core.errors import Refused, Undecided
from custody.core.note import ED25519, VerifierKey
from custody.core.signedrequest import EMPTY, Asked, signed
from custody.ledger.receipt import Receipt
from custody.station import device
from custody.station.address import keep_address, read_address
from custody.web import authority
from custody.web.saying import MOST_PUSH
from fixtures.daydesk import DayDesk
from fixtures.laptops import Laptop, office_out
from fixtures.served import Runner, Served

HABI = "5307192008"
TPS = f"{HABI}-001"
DPR = f"PEM24-{TPS}-DPR-1"


class Field:
    """The office that serves, and two stations of it."""

    def __init__(self, root: Path) -> None:
        self.desk = DayDesk(root / "desk", (HABI,))
        self.stick = root / "stick"
        self.ndao = Runner(Laptop(self.desk, "ndao", HABI, stick=self.stick))
        self.key = device.open_key(self.ndao.laptop.folder / "keys" / "device")
        self.root = root


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Field:
    return Field(tmp_path_factory.mktemp("attacks"))


@pytest.fixture(scope="module")
def served(field: Field) -> Iterator[Served]:
    with Served(field.desk.folder, field.desk.state) as served:
        yield served


def asked(
    field: Field, method: str = "GET", path: str = "/v1/checkpoint", query: str = "", body: bytes = b"", **other: Any
) -> dict[str, str]:
    """The header of a request by the station's key."""
    one = Asked(method, path, query, sha256(body).digest() if body else EMPTY)
    key = other.get("key", field.key)
    return signed(one, key.public, key.signing.sign, other.get("created", int(time.time())), other.get("nonce", os.urandom(16).hex()))


def get(served: Served, path: str, headers: dict[str, str]) -> Any:
    return httpx2.get(f"http://127.0.0.1:{served.port}{path}", headers=headers, trust_env=False)


def alive(field: Field, served: Served) -> None:
    """The office still does its work."""
    assert get(served, "/v1/checkpoint", asked(field)).status_code == 200


class Stranger:
    """A key of nobody."""

    signing = SigningKey.from_seed(b"\x07" * 32)
    public = VerifierKey("ndao", ED25519, signing.public)


REFUSED: dict[str, tuple[int, str]] = {
    "no signature": (401, "network.unsigned"),
    "a key of nobody, under a known name": (403, "network.stranger"),
    "signed for another path": (401, "network.signature"),
    "an hour late": (401, "network.clock"),
    "a sid that is none": (400, "network.sid"),
    "a start that is none": (400, "network.start"),
    "a path that is none": (404, "network.path"),
    "another method": (405, "network.path"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_asked_properly_is_refused(field: Field, served: Served, name: str) -> None:
    asks: dict[str, tuple[str, dict[str, str]]] = {
        "no signature": ("/v1/checkpoint", {}),
        "a key of nobody, under a known name": ("/v1/checkpoint", asked(field, key=Stranger())),
        "signed for another path": ("/v1/bundle?start=0", asked(field)),
        "an hour late": ("/v1/checkpoint", asked(field, created=int(time.time()) - 3600)),
        "a sid that is none": ("/v1/receipt/ab", asked(field, path="/v1/receipt/ab")),
        "a start that is none": ("/v1/bundle?start=-1", asked(field, path="/v1/bundle", query="start=-1")),
        "a path that is none": ("/v1/laporan", asked(field, path="/v1/laporan")),
        "another method": ("/v1/receipt", {}),
    }
    path, headers = asks[name]
    answer = httpx2.delete(f"http://127.0.0.1:{served.port}/v1/health") if name == "another method" else get(served, path, headers)
    assert (answer.status_code, answer.json()["code"]) == REFUSED[name]
    assert str(field.desk.folder) not in answer.text


def test_a_request_counts_once(field: Field, served: Served) -> None:
    headers = asked(field)
    assert [get(served, "/v1/checkpoint", headers).status_code for _ in range(2)] == [200, 401]


def test_a_request_of_before_the_start_does_not_count_after_it(field: Field) -> None:
    with Served(field.desk.folder, field.desk.state) as one:
        time.sleep(2)
        headers = asked(field)
        assert get(one, "/v1/checkpoint", headers).status_code == 200
    time.sleep(1.1)  # signatures tell whole seconds
    with Served(field.desk.folder, field.desk.state) as other:
        assert get(other, "/v1/checkpoint", headers).json()["code"] == "network.clock"


def test_a_checkpoint_and_a_receipt_can_be_had(field: Field, served: Served) -> None:
    with field.desk.open(write=False) as office:
        sid, policy, note = office.ledger.receipt(1).sid, office.policy, office.ledger.checkpoint()
    assert get(served, "/v1/checkpoint", asked(field)).content == note
    answer = get(served, f"/v1/receipt/{sid}", asked(field, path=f"/v1/receipt/{sid}"))
    receipt = Receipt.parse(answer.content)
    receipt.verify(policy)
    assert receipt.sid == sid
    other = "ab" * 32
    assert get(served, f"/v1/receipt/{other}", asked(field, path=f"/v1/receipt/{other}")).status_code == 404


def test_a_flood_of_one_key_is_told_when_to_come_again(field: Field, served: Served) -> None:
    rote = Laptop(field.desk, "banjir", stick=field.root / "stick-banjir")
    key = device.open_key(rote.folder / "keys" / "device")
    with httpx2.Client(trust_env=False) as client:
        url = f"http://127.0.0.1:{served.port}/v1/checkpoint"
        answer = next(one for _ in range(500) if (one := client.get(url, headers=asked(field, key=key))).status_code != 200)
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1
    alive(field, served)  # nobody else is hindered


# -- bytes by hand -----------------------------------------------------------------------------------------------------------------


def raw(served: Served, data: bytes) -> socket.socket:
    """A connection on which these bytes went out."""
    line = socket.create_connection(("127.0.0.1", served.port), 10)
    line.sendall(data)
    return line


def head(field: Field, size: int, body: bytes = b"") -> bytes:
    """A push that promises so many bytes."""
    lines = [f"{name}: {value}" for name, value in asked(field, "POST", "/v1/bundle", body=body).items()]
    return "\r\n".join(["POST /v1/bundle HTTP/1.1", "host: x", f"content-length: {size}", *lines, "", ""]).encode()


def answered(line: socket.socket) -> bytes:
    """Everything until the other side closes, or says no more."""
    line.settimeout(10)
    data = b""
    try:
        while more := line.recv(65536):
            data += more
            if b"}" in data:
                break
    except (OSError, TimeoutError):
        pass
    line.close()
    return data


def test_ten_gigabytes_are_refused_before_a_byte_of_them(field: Field, served: Served) -> None:
    before = shutil.disk_usage(field.desk.folder).free
    answer = answered(raw(served, head(field, 10_000_000_000)))
    assert answer.startswith(b"HTTP/1.1 413") and b"network.size" in answer and b"connection: close" in answer.lower()
    assert before - shutil.disk_usage(field.desk.folder).free < 50_000_000
    assert str(MOST_PUSH).encode() in answer
    alive(field, served)


def test_more_or_other_bytes_than_were_signed_change_nothing(field: Field, served: Served) -> None:
    path = office_out(field.desk, field.stick, "ndao")
    body = path.read_bytes()
    answer = answered(raw(served, head(field, len(body), b"lain") + body))
    assert answer.startswith(b"HTTP/1.1 422") and b"network.digest" in answer
    assert list((field.desk.folder / "network" / "in").iterdir()) == []


def test_no_bundle_is_told_and_harms_nothing(field: Field, served: Served) -> None:
    answer = answered(raw(served, head(field, 5, b"lima!") + b"lima!"))
    assert answer.startswith(b"HTTP/1.1 400") and b"bundle.foreign" in answer


def test_a_push_without_length_is_refused(field: Field, served: Served) -> None:
    data = head(field, 0).replace(b"content-length: 0", b"transfer-encoding: chunked")
    assert answered(raw(served, data + b"5\r\nlima!\r\n0\r\n\r\n")).startswith(b"HTTP/1.1 411")


def test_many_who_say_nothing_hinder_nobody(field: Field, served: Served) -> None:
    """Slowloris: connections that send a header byte by byte; of one address only so many are kept at all."""
    lines = [raw(served, b"GET /v1/health HTTP/1.1\r\nx-a: ") for _ in range(40)]
    for _ in range(3):
        for line in lines:
            line.sendall(b"b")
        time.sleep(0.2)
    alive(field, served)
    lines += [socket.create_connection(("127.0.0.1", served.port), 10) for _ in range(80)]
    _soon(lambda: sum(_closed(line) for line in lines) >= 120 - 64)
    for line in lines:
        line.close()
    _soon(lambda: _answers(field, served))


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="prlimit (util-linux) is not installed")
def test_many_who_never_come_to_tls_hinder_nobody(field: Field, tmp_path: Path) -> None:
    """They cost a place from their first packet on; else they take every file that the office may open."""
    tls = tmp_path / "tls"
    made = authority.named(authority.make(tls, ["127.0.0.1"], datetime.now(UTC)))
    cert, key = authority.issue(tls, datetime.now(UTC))
    few = ("prlimit", "--nofile=256:256")
    with Served(field.desk.folder, field.desk.state, "--cert", str(cert), "--cert-key", str(key), before=few) as one:
        lines = [socket.create_connection(("127.0.0.1", one.port), 10) for _ in range(300)]
        context = authority.trusting(made)
        for _ in range(3):
            answer = httpx2.get(f"https://127.0.0.1:{one.port}/v1/health", verify=context, trust_env=False)
            assert answer.status_code == 200
        for line in lines:
            line.close()


def test_older_tls_is_spoken_by_neither_side(field: Field, tmp_path: Path) -> None:
    tls = tmp_path / "tls"
    made = authority.named(authority.make(tls, ["127.0.0.1"], datetime.now(UTC)))
    cert, key = authority.issue(tls, datetime.now(UTC))
    assert [authority.trusting(one).minimum_version for one in (None, made)] == [ssl.TLSVersion.TLSv1_3] * 2
    with Served(field.desk.folder, field.desk.state, "--cert", str(cert), "--cert-key", str(key)) as one:
        for newest, spoken in ((ssl.TLSVersion.TLSv1_2, False), (ssl.TLSVersion.TLSv1_3, True)):
            context = authority.trusting(made)
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_2, newest
            try:
                answer = httpx2.get(f"https://127.0.0.1:{one.port}/v1/health", verify=context, trust_env=False)
            except httpx2.TransportError:
                assert not spoken
            else:
                assert spoken and answer.status_code == 200


def test_nobody_is_sent_elsewhere_by_the_name_that_he_asks_for(field: Field, served: Served) -> None:
    for path in ("/v1/bundle/", "/v1/health/", "//v1/bundle", "/v1"):
        answer = httpx2.get(
            f"http://127.0.0.1:{served.port}{path}", headers={"host": "lain.contoh"}, trust_env=False, follow_redirects=False
        )
        assert answer.status_code == 404 and "location" not in answer.headers and "lain.contoh" not in answer.text


def test_a_header_that_does_not_come_ends(field: Field, served: Served) -> None:
    with raw(served, b"GET /v1/health HTTP/1.1\r\nx-a: b") as line, suppress(ConnectionResetError):
        line.settimeout(120)
        assert line.recv(10) == b""


def _soon(ask: Callable[[], bool]) -> None:
    """Asks until it is so."""
    for _ in range(200):
        if ask():
            return
        time.sleep(0.1)
    raise AssertionError("not even after a while")


def _answers(field: Field, served: Served) -> bool:
    with suppress(httpx2.HTTPError):
        alive(field, served)
        return True
    return False


def _closed(line: socket.socket) -> bool:
    line.setblocking(False)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


# -- who answers -------------------------------------------------------------------------------------------------------------------


def test_a_station_believes_the_authority_of_its_office_alone(field: Field, tmp_path: Path) -> None:
    made = field.desk.folder / "tls"
    now = datetime.now(UTC)
    der = authority.make(made, ["127.0.0.1", "kantor.contoh"], now)
    with Served(field.desk.folder, field.desk.state) as served:
        assert b"https://" in served.said().splitlines()[0]
        keep_address(field.desk.folder / "address.json", Address(f"https://127.0.0.1:{served.port}", authority.named(der)))
        field.ndao.laptop.take(office_out(field.desk, field.stick, "ndao"))
        known = read_address(field.ndao.laptop.folder / "address.json")
        assert known is not None and known.ca == authority.named(der)
        field.ndao.laptop.hand("kpps-08-1", "pps-08", TPS, HABI, [DPR])
        with field.ndao.line() as line:
            assert field.ndao.courier.round(line).delivered == 1
        with field.ndao.line(url=f"https://localhost:{served.port}") as line, pytest.raises(Undecided) as told:  # not a name that it has
            field.ndao.courier.round(line)
        assert told.value.code == "network.certificate"
        # the system's authorities do not know it either
        with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", served.port)) as bare:
            ssl.create_default_context().wrap_socket(bare, server_hostname="127.0.0.1")


def test_a_false_office_is_sent_nothing(field: Field, tmp_path: Path) -> None:
    """Another authority for the same names: whoever holds the line, and not the office's key."""
    now = datetime.now(UTC)
    authority.make(field.desk.folder / "tls", ["127.0.0.1", "kantor.contoh"], now)
    shutil.move(field.desk.folder / "tls", tmp_path / "tls")
    try:
        authority.make(field.desk.folder / "tls", ["127.0.0.1"], now)
        known = read_address(field.ndao.laptop.folder / "address.json")
        assert known is not None and known.ca is not None
        with Served(field.desk.folder, field.desk.state) as false:
            with field.ndao.line(url=f"https://127.0.0.1:{false.port}") as line, pytest.raises(Undecided) as told:
                field.ndao.courier.round(line)
            assert told.value.code == "network.certificate" and b"ndao" not in false.said()
    finally:
        shutil.rmtree(field.desk.folder / "tls")
        shutil.move(tmp_path / "tls", field.desk.folder / "tls")


def test_without_tls_a_station_speaks_only_to_its_own_machine(field: Field) -> None:
    keep_address(field.ndao.laptop.folder / "address.json", Address("https://192.0.2.7:8427"))
    with pytest.raises(Refused) as told:
        field.ndao.line(url="http://192.0.2.7:8427")
    assert told.value.code == "network.plain"


def test_a_stolen_laptop_is_out_as_soon_as_the_office_says_so(field: Field, served: Served) -> None:
    alive(field, served)
    with field.desk.open() as office:
        known = stations.others(office)
        heard = known.find(field.key.public)
        assert heard is not None
        known.keep(replace(heard, admitted=None))
        try:
            assert get(served, "/v1/checkpoint", asked(field)).status_code == 403
        finally:
            known.keep(heard)
    alive(field, served)


def _listens(port: int) -> bool:
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    return False


def test_a_screen_that_stands_still_stops_nobody(field: Field) -> None:
    """Somebody holds the window of the service: what it would show is dropped, and the office works on."""
    fcntl = pytest.importorskip("fcntl")
    command = Served(field.desk.folder, field.desk.state, "--plain")  # other tests here make a certificate
    process = subprocess.Popen(command.command, env=command.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert process.stdout is not None and b"http://" in process.stdout.readline()
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4_096)  # nobody reads on
        _soon(lambda: _listens(command.port))
        time.sleep(1.1)  # signatures tell whole seconds
        body = b"custody-bundle/v1\n" + b"x" * 10  # each leaves a line on the screen
        told = set()
        for _ in range(58):
            answer = httpx2.post(
                f"http://127.0.0.1:{command.port}/v1/bundle", content=body, headers=asked(field, "POST", "/v1/bundle", body=body),
                trust_env=False, timeout=10,
            )  # fmt: skip
            told.add(answer.status_code)
        assert told <= {422, 429} and 422 in told
    finally:
        process.kill()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


def test_large_bundles_of_others_leave_room_for_statements(field: Field, served: Served) -> None:
    """Some promise all that may come in and send nothing; a laptop brings its statements as ever."""
    lines = []
    for at in range(9):
        other = Laptop(field.desk, f"besar-{at}", stick=field.root / f"stick-besar-{at}")
        key = device.open_key(other.folder / "keys" / "device")
        fields = [f"{name}: {value}" for name, value in asked(field, "POST", "/v1/bundle", body=b"x", key=key).items()]
        rows = ["POST /v1/bundle HTTP/1.1", "host: x", f"content-length: {MOST_PUSH}", *fields, "", ""]
        lines.append(raw(served, "\r\n".join(rows).encode() + b"x"))
    assert answered(lines[-1]).startswith(b"HTTP/1.1 503")
    assert field.ndao.round(served.port).trouble is None
    for line in lines[:-1]:
        line.close()


def test_what_was_much_work_is_counted_against_who_asked(field: Field) -> None:
    from custody.assembly.serving import Serving
    from custody.web.app import application
    from custody.web.gate import Gate

    passed = iter(range(0, 100_000, 100))  # each look at it finds a hundred seconds more

    async def twice() -> list[int]:
        with field.desk.open() as office:
            desk = Serving(office, os.urandom)
            gate = Gate(desk.admitted, time.time, lambda: 0.0)
            app = application(desk, gate, office.now, worked=lambda: float(next(passed)))
            async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://x") as client:
                return [(await client.get("/v1/checkpoint", headers=asked(field))).status_code for _ in range(2)]

    assert asyncio.run(twice()) == [200, 429]

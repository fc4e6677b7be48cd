"""Parsers at the doors: sheets and typed words, settings, requests and answers over HTTP, stamps, answers of other programs."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from custody.conformance.asking import MOST, answered
from custody.core.bundle import Address
from custody.core.errors import Malformed, Refused
from custody.core.policy import MAX_BYTES
from custody.core.signedrequest import Asked, signed
from custody.i18n import dates
from custody.intake import areacode, badges, people, trusttext
from custody.intake.areacode import PlaceName
from custody.intake.boxwords import BoxIndex
from custody.intake.hierarchy import Sheet, parse_expected, read_hierarchy
from custody.intake.scanline import Scanner
from custody.intake.search import PlaceIndex
from custody.reading import NotToml, toml
from custody.store.postgres_address import Address as Database
from custody.web import authority
from custody_cli.ground import settings
from custody_cli.outside import brought
from custody_cli.papers import shortline
from custody_cli.table.sealfile import read_seals
from fixtures import officecards
from fixtures.daydesk import DayDesk
from fixtures.laptops import Laptop
from fixtures.vectorsets import core_checkpoint
from tests.fuzz.parser import KB, MB, Parser, octets, samples, scratch, text, through

KANGAE = Path(__file__).parents[2] / "fixtures" / "kangae.csv"
HABI = "5307192008"
TPS = f"{HABI}-001"
PLACES = PlaceIndex.of([PlaceName(HABI, "desa", "Habi", "530719"), PlaceName(TPS, "tps", "TPS 001", HABI)])
BOXES = BoxIndex.of(PLACES, [f"PEM24-{TPS}-{kind}-1" for kind in ("DPR", "PPWP")])
_PEOPLE = b"nama;pangkat;nrp;satuan;peran;tempat;lembaga\nPetugas Contoh;Bripka;123;Polres;penjaga;Habi;Polri\n"
_STATIONS = b"kode,tps\n" + b"".join(b"53.07.19.2008,%d\n" % number for number in range(1, 8))
_SEALS = f"kotak,titik,nomor,keadaan\nPEM24-{TPS}-DPR-1,lid,AB1234,utuh\n".encode()
_SHEET = "5 MB, 100,000 rows, 100 columns, 20 faults"


def _scanned(data: bytes) -> Any:
    scanner = Scanner(ends=True)
    return scanner.feed(text(data), 5), scanner.idle(500), scanner.flush(900)


def _trusted(data: bytes) -> Any:
    return trusttext.plain(data), trusttext.slip(data)


def _places(counts: bool) -> Callable[[bytes], Any]:
    return lambda data: (
        read_hierarchy(Sheet("a.csv", data)) if counts else read_hierarchy(Sheet("b.csv", KANGAE.read_bytes()), None, Sheet("a.csv", data))
    )


def _seals(path: Path) -> Any:
    return read_seals(path, ("lid", "lock"))


def _settings(path: Path) -> Any:
    return settings.load({"CUSTODY_CONFIG": str(path)}, {})


# -- over the network ---------------------------------------------------------------------------------------------------------------


class Office:
    """An office that serves, and one station of it, without a network between them."""

    def __init__(self, root: Path) -> None:
        from custody.assembly.serving import Serving
        from custody.station import device
        from custody.web.app import application
        from custody.web.gate import Gate

        self.desk = DayDesk(root / "desk", (HABI,))
        self.laptop = Laptop(self.desk, "ndao", HABI, stick=root / "stick")
        self.key = device.open_key(self.laptop.folder / "keys" / "device")
        self.bundle = self.laptop.out()
        self.now, self.nonce = 1_732_700_000.0, 0
        self.open = ExitStack()
        self.office = self.open.enter_context(self.desk.open())
        served = Serving(self.office, lambda size: bytes(size))
        self.app = application(served, Gate(served.admitted, lambda: self.now, lambda: self.now), lambda: "2024-11-27T10:00:00Z")

    def header(self, method: str, path: str, body: bytes = b"") -> dict[str, str]:
        self.nonce += 1
        self.now += 1  # so that no pace is reached
        one = Asked(method, path, "", sha256(body).digest())
        return signed(one, self.key.public, self.key.signing.sign, int(self.now), f"{self.nonce:032x}")

    def ask(self, method: str, path: bytes, header: list[tuple[bytes, bytes]], body: bytes) -> int:
        """What the application answers: its status, which is never that of a fault of its own."""
        said: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "https",
            "root_path": "",
            "query_string": b"",
            "path": path.decode("latin-1"),
            "raw_path": path,
            "headers": header,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
        }
        asyncio.run(self.app(scope, receive, send))
        status = int(said[0]["status"])
        assert status != 500, said
        if status >= 400:
            raise Refused("network.refused", url="-", status=status, why="-")
        return status


@cache
def office() -> Office:
    return Office(scratch() / "served")


def _line(name: str, value: str) -> tuple[bytes, bytes]:
    return name.encode(), value.encode()


def _asked(data: bytes) -> int:
    """A header as a server hands it on: names in small letters, no line ends in it."""
    first, *rows = data.replace(b"\r", b"").replace(b"\0", b"").split(b"\n")
    parts = [row.partition(b": ") for row in rows if row]
    return office().ask("GET", b"/" + first.lstrip(b"/"), [(name.lower(), value) for name, _, value in parts], b"")


def _header() -> Sequence[bytes]:
    fields = office().header("GET", "/v1/checkpoint")
    return ("\n".join(["/v1/checkpoint", *(f"{name}: {value}" for name, value in fields.items())]).encode(),)


def _pushed(data: bytes) -> int:
    """A bundle that the station's key stands for, whatever it holds."""
    fields = {**office().header("POST", "/v1/bundle", data), "content-length": str(len(data))}
    return office().ask("POST", b"/v1/bundle", [_line(*one) for one in fields.items()], data)


def _answer(data: bytes) -> Any:
    """What a station makes of an answer: status, fields, an empty line, the body."""
    import httpx2

    from custody.web.line import HttpLine

    head, _, body = data.partition(b"\n\n")
    first, *rows = head.decode("latin-1").split("\n")
    known = first.isascii() and first.isdigit() and len(first) == 3 and 200 <= int(first) < 600
    status = int(first) if known else 200
    pairs = (one.partition(": ")[::2] for one in rows if one.partition(": ")[0].isascii())
    fields = [(name.encode(), value.encode("latin-1")) for name, value in pairs]
    path = scratch() / "pulled"
    with HttpLine(Address("http://localhost:1"), office().key, lambda size: bytes(size), clock=lambda: 5.0) as line:
        line._client.close()
        line._client = httpx2.Client(
            transport=httpx2.MockTransport(lambda _: httpx2.Response(status, headers=fields, content=iter([body])))
        )
        path.unlink(missing_ok=True)
        line.pull(3, None, path)
        return line.push(office().bundle)


_ANSWERS = (
    b'200\ncontent-type: application/json\netag: "ab"\n\n{"known":false,"missing":0,"refused":[],'
    b'"statements":1,"stranger":false,"whole":true}',
    b"304\n\n{}",
)


def _stamp(data: bytes) -> Any:
    from custody.witness import timestamp

    return timestamp.read(core_checkpoint.EXAMPLE, data, (scratch() / "tsa" / "root.pem").read_bytes())


@cache
def _stamps() -> Sequence[bytes]:
    """An answer of an authority that openssl plays."""
    from custody.witness import timestamp
    from tests.cli.test_stamp import Authority

    authority = Authority(scratch() / "tsa")
    asked, said = scratch() / "tsa" / "asked", scratch() / "tsa" / "said"
    asked.write_bytes(timestamp.request(core_checkpoint.EXAMPLE))
    authority.answer(asked, said)
    return (said.read_bytes(),)


def _toml(data: bytes) -> Any:
    try:
        return toml(data)
    except NotToml as error:  # each of its readers says it in its own words
        raise Malformed("plan.form", path="-", reason=error.reason) from None


def _authorities() -> Sequence[bytes]:
    from base64 import b64encode

    from cryptography.hazmat.primitives.serialization import Encoding

    return (b64encode(officecards.authority().certificate.public_bytes(Encoding.DER)),)


_NOW = datetime(2024, 11, 27, tzinfo=UTC)


@cache
def office_tls() -> tuple[Path, bytes]:
    """A folder with an authority of the office, and its certificate as it was made."""
    folder = scratch() / "tls"
    authority.make(folder, ["kantor.example"], _NOW)
    return folder, (folder / "ca.pem").read_bytes()


def _issued(data: bytes) -> Any:
    """A certificate of the server from what stands where that of the authority stood; and whether it is for the same names."""
    folder, _ = office_tls()
    (folder / "ca.pem").write_bytes(data)
    return authority.make(folder, ["kantor.example"], _NOW), authority.issue(folder, _NOW)


def _readings(path: Path) -> Any:
    from custody_cli.boxes.choosing import Choosing

    return list(Choosing(office().office).readings(path))


def _brought(path: Path) -> Any:
    return brought.bring(str(path))


def _typed(data: bytes) -> Any:
    """A text that is the name of no file."""
    return None if brought._is_file(Path(text(data))) else brought.bring(text(data))


DOORS = (
    Parser("custody.intake.hierarchy:read_hierarchy, counts", _places(True), lambda: (KANGAE.read_bytes(),), 5 * MB, _SHEET, runs=5_000),
    Parser(
        "custody.intake.hierarchy:read_hierarchy, stations",
        _places(False),
        lambda: (_STATIONS,),
        5 * MB,
        _SHEET,
        runs=2_000,
        also=("custody.intake.stations:read_stations",),
    ),
    Parser(
        "custody.intake.people:read_people",
        lambda data: people.read_people(data, "a.csv", PLACES),
        lambda: (_PEOPLE,),
        5 * MB,
        _SHEET,
        runs=20_000,
    ),
    Parser(
        "custody.intake.scanline:Scanner.feed",
        _scanned,
        lambda: (b"KSU13Z0N8RA1P9Q2TM6V3\r\n", b"habi tps 1 dpr\n"),
        64 * KB,
        "2,000 characters",
    ),
    Parser(
        "custody.intake.boxwords:BoxIndex.read",
        lambda data: BOXES.read(text(data)),
        lambda: (b"habi tps 1 dpr", b"PEM24-5307192008-001-DPR-1"),
        64 * KB,
        "200 characters are looked at",
        runs=20_000,
    ),
    Parser(
        "custody.intake.badges:badge",
        lambda data: badges.badge(text(data), lambda one: one == TPS, lambda one: one == "pps-1"),
        lambda: (TPS.encode(), b"pps-1"),
        64 * KB,
        "80 characters",
    ),
    Parser(
        "custody.intake.hierarchy:parse_expected",
        lambda data: parse_expected(text(data)),
        lambda: (b"kecamatan=24,desa=193,tps=445,kotak=890",),
        64 * KB,
        "known names",
    ),
    Parser(
        "custody.intake.areacode:area",
        lambda data: areacode.area(text(data)),
        lambda: (b"53.07.19.2008",),
        1 * KB,
        "one code",
        also=("custody.intake.areacode:station",),
    ),
    Parser(
        "custody.intake.trusttext:plain", _trusted, lambda: (b"", *samples("06-policy", "policy.parse")()), MAX_BYTES, "as the trust file"
    ),
    Parser(
        "custody.i18n.dates:from_typed",
        lambda data: dates.from_typed(text(data), "Asia/Makassar"),
        lambda: (b"27-11-2024 18.00", b"27 November 2024 pukul 18.00"),
        4 * KB,
        "one date",
    ),
    Parser(
        "custody.i18n.dates:parse_utc",
        lambda data: dates.parse_utc(text(data)),
        samples("07-statement", "moment.read", "moment"),
        4 * KB,
        "one moment",
        lambda moment: octets(dates.utc_text(moment)),
    ),
    Parser(
        "custody_cli.ground.settings:load",
        through(_settings),
        lambda: (b'lang = "en"\n',),
        64 * KB,
        "known keys",
        runs=30_000,
        beyond="file.large",
    ),
    Parser(
        "custody_cli.table.sealfile:read_seals", through(_seals), lambda: (_SEALS,), 4_000_000, _SHEET, runs=20_000, beyond="file.large"
    ),
    Parser(
        "custody_cli.papers.shortline:parse",
        lambda data: shortline.parse(text(data)),
        lambda: (b"19 0123-4567-89ab-cdef",),
        4 * KB,
        "one line",
    ),
    Parser(
        "custody_cli.outside.brought:bring, a file",
        through(_brought, "dibawa"),
        lambda: (core_checkpoint.EXAMPLE, *samples("27-receipts", "fork.parse")()),
        256 * KB,
        "as what it is",
        runs=30_000,
    ),
    Parser(
        "custody_cli.outside.brought:bring, typed",
        _typed,
        lambda: (b"19 0123-4567-89ab-cdef", *samples("13-report", "page.read")()),
        64 * KB,
        "as what it is",
        runs=30_000,
    ),
    Parser(
        "custody.store.postgres_address:Address.parse",
        lambda data: Database.parse(text(data)),
        lambda: (b"postgresql://kantor@db.example:5432/custody",),
        4 * KB,
        "as libpq reads it",
        runs=30_000,
        needs=("psycopg",),
    ),
    Parser(
        "custody.conformance.asking:answered",
        lambda data: answered(text(data), "7"),
        lambda: (b'{"case":"7","verdict":"accepted"}\n',),
        MOST,
        "one line",
    ),
    Parser(
        "custody_cli.boxes.choosing:Choosing.readings",
        through(_readings),
        lambda: (f"PEM24-{TPS}-DPR-1\nhabi tps 1 ppwp\n".encode(),),
        4_000_000,
        "as typed words",
        runs=3_000,
        beyond="file.large",
        needs=("starlette", "uvicorn", "httpx2"),
    ),
    Parser("custody.reading:toml", _toml, lambda: (b'a = "b"\n[c]\nd = [1, 2.5, 2024-11-27]\n',), 1 * MB, "1,024 signs a line"),
    Parser(
        "custody.web.authority:trusting", lambda data: authority.trusting(text(data)), _authorities, 8 * KB, "one certificate", runs=10_000
    ),
    Parser(
        "custody.web.authority:make",
        _issued,
        lambda: (office_tls()[1],),
        64 * KB,
        "one certificate",
        also=("custody.web.authority:issue",),
        runs=20_000,
        beyond="file.large",
    ),
    Parser(
        "custody.web.app:application, a header",
        _asked,
        _header,
        64 * KB,
        "as the server bounds it",
        runs=3_000,
        needs=("starlette", "uvicorn", "httpx2"),
    ),
    Parser(
        "custody.web.app:application, a bundle",
        _pushed,
        lambda: (office().bundle.read_bytes(),),
        32 * MB,
        "one at a time for each key",
        runs=1_000,
        needs=("starlette", "uvicorn", "httpx2"),
    ),
    Parser(
        "custody.web.line:HttpLine",
        _answer,
        lambda: _ANSWERS,
        1 << 30,
        "1 MB of an answer, 1 GB of a bundle",
        runs=1_000,
        needs=("httpx2", "uvicorn", "starlette"),
    ),
    Parser("custody.witness.timestamp:read", _stamp, _stamps, 64 * KB, "one answer", runs=20_000, needs=("rfc3161_client",)),
)

"""`custody serve`: the office over the network: stations bring and fetch bundles without a stick (docs/spec/24-network.md)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.core.errors import Refused, Undecided
from custody_cli.ground.console import paint
from custody_cli.ground.desk import office, random
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import App, option, pass_app
from custody_cli.ground.runtime import command as define

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.hearing import Found
    from custody.core.bundle import Address
    from custody.web.app import Watch
    from custody.web.bounds import Bounds
    from custody.web.running import Certificate

_FILE = click.Path(path_type=Path, dir_okay=False)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SHOWN = 5  # refusals of one bundle on the screen; all of them go back to the laptop
_BEHIND = 256  # bundles that a screen may be behind


@define("serve")
@option("--host", default="127.0.0.1")
@option("--port", type=click.IntRange(1, 65535), default=8427)
@option("--make-ca", "names", multiple=True)
@option("--url")
@option("--cert", type=_FILE)
@option("--cert-key", type=_FILE)
@option("--plain", is_flag=True)
@pass_app
def command(
    app: App, host: str, port: int, names: tuple[str, ...], url: str | None, cert: Path | None, cert_key: Path | None, plain: bool
) -> None:
    if (cert is None) != (cert_key is None) or (names and (cert is not None or plain)):
        raise WrongUse("cli.serve.which")
    try:
        from custody.web import running
    except ImportError:
        raise Undecided("network.extra") from None
    with office(app, write=True, proven=True) as opened:
        if opened.station:
            raise Refused("network.station")
        if names:
            _made(app, opened, names, url or f"https://{_bracketed(names[0])}:{port}")
            return
        certificate = _certificate(opened, host, cert, cert_key, plain)
        address = _address(opened, url, own=cert is None and certificate is not None)
        scheme = "https" if certificate is not None else "http"
        app.console.note(app.say("cli.serve.ready", at=f"{scheme}://{_bracketed(host)}:{port}"))
        if address is None:
            app.console.warn(app.say("cli.serve.unannounced"))
        else:
            app.console.note(app.say("cli.serve.announced", url=address.url))
        if not opened.unlocked:
            app.console.warn(app.say("cli.serve.locked"))
        running.run(_application(app, opened), host, port, certificate)


def _made(app: App, opened: "Office", names: tuple[str, ...], url: str) -> None:
    """An authority for these names, and the address that goes out to the stations with their next bundles."""
    from custody.core.bundle import Address
    from custody.station.address import keep_address
    from custody.web import authority

    der = authority.make(opened.folder.tls, names, app.clock())
    keep_address(opened.folder.address, _checked(Address(url, authority.named(der))))
    facts = {"names": names, "url": url, "path": str(opened.folder.tls)}

    def human() -> str:
        step = app.next_step("cli.serve.made", port=str(_port(url)))
        return f"{paint(app.say('cli.serve.made', **facts), 'good')}\n{app.say('cli.next')} {step}"

    app.answer("serve", {**facts, "names": list(names)}, human)


def _certificate(opened: "Office", host: str, cert: Path | None, key: Path | None, plain: bool) -> "Certificate | None":
    from custody.web.running import Certificate

    if cert is not None and key is not None:
        files = (cert, key)
        return Certificate(lambda: files)
    if (opened.folder.tls / "ca.pem").exists() and not plain:
        return Certificate.of_authority(opened.folder.tls)
    if not plain and host not in _LOOPBACK:
        raise Refused("network.bare")
    return None


def _address(opened: "Office", url: str | None, own: bool) -> "Address | None":
    """What stations are told from now on: as it was, or with another address."""
    from custody.core.bundle import Address
    from custody.station.address import keep_address, read_address

    known = read_address(opened.folder.address)
    if url is not None:
        known = _checked(Address(url, known.ca if own and known is not None else None))
        keep_address(opened.folder.address, known)
    return known


def _checked(address: "Address") -> "Address":
    """:raises WrongUse: `cli.serve.url`."""
    from custody.core.bundle import Answers
    from custody.core.errors import Malformed

    try:
        Answers((), (), address).format()
    except Malformed:
        raise WrongUse("cli.serve.url", url=address.url[:100]) from None
    return address


def _application(app: App, opened: "Office") -> "Bounds":
    import time

    from custody.assembly.serving import Serving
    from custody.core.errors import CustodyError
    from custody.durable import trouble
    from custody.web.app import application
    from custody.web.gate import Gate

    signed: Counter[tuple[str, str]] = Counter()

    def watch(name: str, one: "Found | Exception") -> None:
        at = {"at": opened.now(), "zone": opened.zone, "name": name}
        if isinstance(one, Exception):
            told = one if isinstance(one, CustodyError) else Refused("network.trouble", reason=trouble(one))
            app.console.warn(app.say("cli.serve.trouble", **at, why=app.say(told.code, **told.facts)))
            return
        app.console.note(app.say("cli.serve.heard", **at, notes=one.notes, seen=one.seen))
        for signer, count in _many(signed, opened.now()[:10], one):
            _stepped(app, "cli.bundle.many", name=signer, count=count)
        for refused in one.refused[:_SHOWN]:
            app.console.warn(app.say("cli.serve.refused", **at, sid=refused.sid))
        if len(one.refused) > _SHOWN:
            app.console.warn(app.say("cli.serve.refused.more", **at, count=len(one.refused) - _SHOWN))
        if one.copied:
            _stepped(app, "cli.station.copied", name=name, counters=one.copied)

    desk = Serving(opened, random)
    return application(desk, Gate(desk.admitted, time.time, time.monotonic), opened.now, _aside(watch), time.thread_time)


def _stepped(app: App, code: str, **facts: Any) -> None:
    """A warning, and what to do about it."""
    app.console.warn(app.say(code, **facts))
    if step := app.next_step(code, **facts):
        app.console.warn(f"{app.say('cli.next')} {step}")


def _aside(watch: "Watch") -> "Watch":
    """The same on a thread of its own: a screen that is stopped stops nobody's work; what it cannot show is dropped."""
    from queue import Full, Queue
    from threading import Thread

    waiting: Queue[tuple[str, Found | Exception]] = Queue(_BEHIND)

    def shows() -> None:
        while True:
            watch(*waiting.get())

    def later(name: str, one: "Found | Exception") -> None:
        with suppress(Full):
            waiting.put_nowait((name, one))

    Thread(target=shows, daemon=True).start()
    return later


def _many(signed: "Counter[tuple[str, str]]", day: str, one: "Found") -> "Iterator[tuple[str, int]]":
    """Who has now signed more new statements in a day than one person has work for, told once for each so many. signed: by day and key."""
    from custody.assembly.hearing import MOST_A_DAY

    for old in [key for key in signed if key[0] != day]:
        del signed[old]
    for name, count in one.signers.items():
        before = signed[day, name]
        signed[day, name] = before + count
        if (before + count) // MOST_A_DAY > before // MOST_A_DAY:
            yield name, before + count


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _port(url: str) -> int:
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).port or 443
    except ValueError:
        return 443

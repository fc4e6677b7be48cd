"""Coverage in words, its holes, and the plenaries of an operation: what status opens with."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from custody_cli.boxes import findings
from custody_cli.ground.console import paint

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.plenaries import Sitting
    from custody.core.findings import Finding
    from custody.core.holding import Coverage
    from custody_cli.boxes.named import Names
    from custody_cli.ground.app import App

_NAMED = 12  # kecamatan in the plenary line; the others are counted


def document(told: "Coverage") -> dict[str, Any]:
    """Coverage for --json: the two shares in percent are null before any box has moved."""
    from custody.core.coverage import percent

    order, minutes = percent(told.covered_spans, told.spans), percent(told.covered_seconds, told.seconds)
    return told._asdict() | {"order_percent": order, "minutes_percent": minutes, "holes": told.spans - told.covered_spans}


def sentence(app: "App", told: "Coverage") -> str:
    """`Cakupan 98 % urutan terbukti, 96 % menit yang diakui; 3 celah.`"""
    from custody.core.coverage import percent

    order, minutes = percent(told.covered_spans, told.spans), percent(told.covered_seconds, told.seconds)
    if order is None:
        return app.say("cli.status.coverage.none")
    holes = told.spans - told.covered_spans
    code = "cli.status.coverage" if minutes is not None else "cli.status.coverage.order"
    return paint(app.say(code, order=order, minutes=minutes, holes=holes), "bad" if holes else "good")


def lines(app: "App", names: "Names", holes: "Sequence[Finding]", zone: str) -> Iterator[str]:
    """The holes in words, the longest first."""
    for one in sorted(holes, key=lambda one: -int(dict(one.facts).get("minutes", 0))):
        yield app.say("cli.status.hole", told=app.say(one.code, **findings.facts_of(one, zone, names)), entries=one.entries)


def plenary_lines(app: "App", names: "Names", sittings: "Sequence[Sitting]") -> Iterator[str]:
    """How many kecamatan have finished, and which have not: vulnerable and remote ones first."""
    if not sittings:
        return
    left = [one for one in sittings if one.stage != "finished"]
    done = len(sittings) - len(left)
    if not left:
        yield paint(app.say("cli.status.plenary.all", count=done), "good")
        return
    named = "; ".join(_sitting(app, names, one) for one in left[:_NAMED])
    told = app.say("cli.status.plenary", done=done, all=len(sittings), left=named)
    yield told if len(left) <= _NAMED else f"{told} {app.say('cli.status.plenary.more', count=len(left) - _NAMED)}"


def _sitting(app: "App", names: "Names", one: "Sitting") -> str:
    stage = [app.say(f"cli.status.stage.{one.stage}", panels=one.panels)] if one.stage != "none" else []
    told = ", ".join([*marks(app, one.vulnerability, one.remote), *stage])
    return f"{names.place(one.place)} ({told})" if told else names.place(one.place)


def marks(app: "App", vulnerability: str | None, remote: bool) -> Iterable[str]:
    """Why a place comes first."""
    found = [app.say(f"cli.status.vulnerability.{vulnerability}")] if vulnerability in ("medium", "high") else []
    return [*found, *([app.say("cli.status.remote")] if remote else [])]


def classed(app: "App", office: "Office", code: str) -> str:
    """The class of a place, as its authorities stated it: `rawan · terpencil`; empty where they stated none."""
    place = office.ledger.state.places.get(code, office.ledger.size)
    if place is None:
        return ""
    level = [app.say(f"cli.status.vulnerability.{place.vulnerability}")] if place.vulnerability is not None else []
    return " · ".join([*level, *([app.say("cli.status.remote")] if place.remote else [])])


def stated(office: "Office", code: str | None) -> dict[str, object] | None:
    """The same for --json."""
    place = office.ledger.state.places.get(code, office.ledger.size) if code is not None else None
    return {"vulnerability": place.vulnerability, "remote": place.remote} if place is not None else None

"""What was brought, held against what is at hand, said in words and kept where it disagrees (docs/spec/27-receipts.md, GOSSIP)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.core.errors import CustodyError, Undecided
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import Exit
from custody_cli.outside.brought import Brought

if TYPE_CHECKING:
    from custody.core.fork import Fork
    from custody.core.policy import Policy
    from custody.core.verify import Outside
    from custody.ledger.evidence import Evidence
    from custody.ledger.gossip import Compared, Shown
    from custody.paper.codes.pagecode import PageCode

LOUD = frozenset({"fork", "cut", "differs"})
_RANK = {"fork": 0, "differs": 1, "cut": 2, "agrees": 3, "undecided": 4}


class Told(NamedTuple):
    """What one thing proves: the outcome of `gossip.Compared`, a code with its facts; where it was kept."""

    name: str
    outcome: str
    code: str
    facts: dict[str, Any]
    kept: tuple[str, ...] = ()

    def lines(self, app: App) -> list[str]:
        """In words; where it disagrees, with what to do and where it is kept."""
        tone = "bad" if self.outcome in LOUD else "good" if self.outcome == "agrees" else "warn"
        said = [paint(app.say(self.code, **self.facts), tone)]
        step = app.next_step(self.code, **self.facts) if self.outcome != "agrees" else None
        said += [f"  {app.say('cli.next')} {step}"] if step else []
        return [*said, *(f"  {app.say('cli.gossip.kept', path=path)}" for path in self.kept)]

    def document(self) -> dict[str, Any]:
        return {"name": self.name, "outcome": self.outcome, "code": self.code, "facts": self.facts, "kept": list(self.kept)}


@dataclass(frozen=True)
class Table:
    """What things are held against: what somebody shows, if anything; the trust file; where evidence is kept; whether to keep it."""

    shown: "Shown | None"
    trust: "Policy"
    evidence: "Evidence"
    keeping: bool

    def judge(self, brought: Sequence[Brought]) -> list[Told]:
        """Each in its turn, and then all of them against each other and against what was kept before."""
        before = self.evidence.items()
        told = [self._one(one) for one in brought]
        return [*told, *self._pairs([one.item for one in brought if one.item is not None], before)]

    def kept(self) -> list[Told]:
        """What is kept, each in its turn."""
        return [self._signed(item) for item in self.evidence.items()]

    def _one(self, one: Brought) -> Told:
        if one.item is not None:
            return self._worst([one.item, *one.more])
        if one.fork is not None:
            return self._fork(one.name, one.fork)
        return self._unsigned(one)

    def _worst(self, items: "Sequence[Outside]") -> Told:
        """Of what was signed in one file, that which says most against somebody; what else is in it says no more."""
        told = list[Told]()
        for item in items:
            told.append(self._signed(item))
            if told[-1].outcome == "fork":
                break
        return min(told, key=lambda one: _RANK[one.outcome])

    def _signed(self, item: "Outside") -> Told:
        from custody.ledger import gossip

        if self.shown is None:
            found = gossip.alone(item, self.trust)
            kept = self._keep(item) if found.code == "gossip.alone" else ()
            return Told(item.name, found.outcome, found.code, found.facts, kept)
        found = gossip.compare([item], self.shown)[0]
        if found.outcome == "agrees" and self.keeping:
            self.evidence.keep_newest(found.item.note)
        return Told(item.name, found.outcome, found.code, found.facts, self._kept(found))

    def _kept(self, found: "Compared") -> tuple[str, ...]:
        if found.outcome not in LOUD or not self.keeping:
            return ()
        kept = self._keep(found.item)
        return kept if found.fork is None else (*kept, *self._keep_fork(found.fork))

    def _keep(self, item: "Outside") -> tuple[str, ...]:
        return tuple(str(path) for path in self.evidence.keep(item)) if self.keeping else ()

    def _keep_fork(self, fork: "Fork") -> tuple[str, ...]:
        return tuple(str(path) for path in self.evidence.keep_fork(fork)) if self.keeping else ()

    def _fork(self, name: str, fork: "Fork") -> Told:
        try:
            earlier, later = fork.verify(self.trust)
        except CustodyError as error:
            return Told(name, "undecided", error.code, error.facts)
        facts = {"name": name, "size": earlier.size, "later": later.size, "origin": earlier.origin}
        return Told(name, "fork", "gossip.forked", facts, self._keep_fork(fork))

    def _pairs(self, items: "list[Outside]", before: "list[Outside]") -> Iterator[Told]:
        from custody.ledger.gossip import contradictions

        for one, other, fork in contradictions([*items, *before], self.trust):
            if one in items:
                facts = {"name": one.name, "other": other.name}
                yield Told(one.name, "fork", "gossip.pair", facts, self._keep_fork(fork))

    def _unsigned(self, one: Brought) -> Told:
        """A line or a code that nobody signed: one that agrees binds what is shown; one that does not may be misread or forged."""
        if self.shown is None:
            return Told(one.name, "undecided", "gossip.nothing", {"name": one.name})
        if one.page is not None:
            return self._page(one.name, one.page, self.shown)
        from custody.ledger.gossip import stated

        size, root, origin = _stated(one)
        facts: dict[str, Any] = {"name": one.name, "size": size, "here": self.shown.size}
        found = stated(self.shown, size, root, origin)
        if found == "other-ledger":
            return Told(one.name, "undecided", "outside.other-ledger", {**facts, "origin": origin, "expected": self.shown.origin})
        return Told(one.name, "agrees" if found == "agrees" else "undecided", f"gossip.line.{found}", facts)

    def _page(self, name: str, page: "PageCode", shown: "Shown") -> Told:
        """The code at the foot of a page names an entry and how its id begins."""
        from custody.core import entry as entries

        facts: dict[str, Any] = {"name": name, "size": page.size, "here": shown.size, "entry": page.entry}
        if page.size > shown.size:
            return Told(name, "undecided", "gossip.line.longer", facts)
        note = shown.note(page.entry)
        same = note is not None and entries.parse(note).statement.sid.startswith(page.sid)
        return Told(name, "agrees" if same else "undecided", "gossip.page.agrees" if same else "gossip.page.differs", facts)


def _stated(one: Brought) -> tuple[int, str, str | None]:
    """Size, the beginning of the root in hex, and the origin where it is named. Raises `Malformed("cli.verify.line")`."""
    from custody_cli.papers.shortline import parse

    if one.head is not None:
        return one.head.size, one.head.root, one.head.origin
    return *parse(one.line or ""), None


def exit_of(told: Sequence[Told]) -> int:
    """3 where anything contradicts, 4 where anything proves nothing, else 0."""
    if any(one.outcome in LOUD for one in told):
        return Exit.ALTERED
    return Exit.UNDECIDED if any(one.outcome == "undecided" for one in told) else Exit.FINE


def require_logs(trust: "Policy | None") -> "Policy":
    """A trust file that names a ledger. Raises `Undecided("check.no-trust")`."""
    if trust is None or not trust.logs:
        raise Undecided("check.no-trust")
    return trust

"""The office and its witnesses: who they are, asking them, what they brought, how far they have seen (docs/spec/26-witnesses.md, ASK)."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.core.errors import CustodyError, Refused
from custody.core.moment import from_seconds
from custody_cli.ground.app import App
from custody_cli.ground.console import paint

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.note import VerifierKey
    from custody.core.policy import Policy
    from custody.ledger.cosigning import Asked

GROUP = "saksi"  # the group of all witnesses that the office registers; whoever wants finer ones writes the policy himself
LOUD = frozenset({"ahead", "contradicted"})


class Standing(NamedTuple):
    """How far the quorum has seen: size and time (seconds), or None; and how many entries there are."""

    seen: tuple[int, int] | None
    size: int

    @property
    def waiting(self) -> int:
        return self.size - (self.seen[0] if self.seen is not None else 0)

    def document(self) -> dict[str, Any]:
        """For a program: size and seconds, how many entries there are, how many nobody outside has seen."""
        return {"witnessed": list(self.seen) if self.seen else None, "size": self.size, "waiting": self.waiting}


def standing(opened: "Office", policy: "Policy") -> Standing:
    """As the policy of the office has it."""
    from custody.ledger.cosigning import witnessed

    with opened.store.read() as reader:
        return Standing(witnessed(reader, policy), reader.size())


def office_standing(opened: "Office") -> Standing | None:
    """By the office's own trust file; None where that asks for no witnesses, where it is missing, and at a station."""
    try:
        policy = opened.policy
    except CustodyError:
        return None
    return standing(opened, policy) if policy.requires_witnesses and not opened.station else None


def standing_line(app: App, opened: "Office", one: Standing) -> str:
    """Witnessed whole, witnessed up to an entry and since when not, or never."""
    if one.seen is None:
        return paint(app.say("cli.witness.standing.none", size=one.size), "warn")
    facts = {"size": one.seen[0], "at": from_seconds(one.seen[1]), "zone": opened.zone, "waiting": one.waiting}
    if not one.waiting:
        return paint(app.say("cli.witness.standing.all", **facts), "good")
    return paint(app.say("cli.witness.standing.since", **facts), "warn")


def with_witness(policy: "Policy", name: str, key: "VerifierKey", url: str | None, needed: int | None) -> "Policy":
    """The policy with one more witness in the group of all; the quorum is `needed` of them, else more than half.

    Raises `Refused("cli.witness.add.groups")` where somebody has written groups of his own, `Refused("cli.witness.add.needed")`,
    `Malformed("policy.…")`.
    """
    if set(policy.groups) - {GROUP} or (policy.quorum not in ("none", GROUP) and policy.quorum not in policy.witnesses):
        raise Refused("cli.witness.add.groups", quorum=policy.quorum)
    from custody.core.policy import Group, Policy

    witnesses = {**policy.witnesses, name: key}
    count = len(witnesses)
    if needed is not None and not 1 <= needed <= count:
        raise Refused("cli.witness.add.needed", needed=needed, count=count)
    group = Group(needed or count // 2 + 1, tuple(witnesses))
    urls = {one: where for one, where in policy.urls.items() if one != policy.witnesses.get(name)} | ({key: url} if url else {})
    made = replace(policy, witnesses=witnesses, groups={GROUP: group}, quorum=GROUP, urls=urls)
    return Policy.parse(made.format())


def lines(app: App, asked: Iterable["Asked"]) -> list[str]:
    """What became of asking each witness."""
    told = []
    for one in asked:
        code = f"cli.witness.ask.{one.outcome}"
        tone = "good" if one.outcome in ("cosigned", "known") else "bad" if one.outcome in LOUD else "warn"
        told.append(paint(app.say(code, name=one.name, size=one.size, **one.facts), tone))
        step = app.next_step(code, name=one.name, **one.facts)
        told += [f"  {app.say('cli.next')} {step}"] if step and one.outcome in LOUD else []
    return told


def rows(opened: "Office", policy: "Policy") -> list[dict[str, Any]]:
    """Each witness of the policy, and how far it has seen."""
    from custody.ledger.cosigning import last_seen

    with opened.store.read() as reader:
        seen = {name: last_seen(reader, key) for name, key in policy.witnesses.items()}
    return [{"name": name, "key": str(key), "url": policy.urls.get(key), "size": seen[name]} for name, key in policy.witnesses.items()]


def quorum_words(app: App, policy: "Policy") -> str:
    """How many of the witnesses must have signed."""
    group = policy.groups.get(policy.quorum)
    needed = group.threshold if group is not None else 1
    return app.say("cli.witness.quorum", needed=needed, count=len(policy.witnesses))


def patience(first: float, longest: float) -> Callable[[bool], float]:
    """How long to wait before asking again: `first` after success; doubled after each failure, never more than `longest`."""
    wait = [first]

    def next_wait(well: bool) -> float:
        wait[0] = first if well else min(longest, wait[0] * 2)
        return wait[0]

    return next_wait

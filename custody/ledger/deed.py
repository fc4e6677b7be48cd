"""The founding deed as plain text: what was founded, by whom, and the line that outsiders keep as their trust file (design chapter 2).

Printed, signed in ink and handed to every institution, it is the paper against which a copy of the ledger can be recognised for ever.
"""

import textwrap
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from custody.core.statement import Statement
from custody.i18n import dates, words
from custody.ledger.enrolment import Card

_WIDTH = 78
_TABLE = frozenset(("operation", "when", "profile", "rules", "rules.one", "ledgerkey"))


def founding_deed(
    statement: Statement, trust: bytes, people: Sequence[Card], signed: Collection[str], lang: str, titles: Mapping[str, str]
) -> str:
    """The deed in one language. :param trust: the trust file. :param people: the authorities, in the order of the text.

    :param signed: names of the keys that signed the founding; the others are said not to have.
    """
    body = statement.body
    facts = {
        "operation": body["operation"],
        "when": dates.when(body["at"], body["zone"], lang),
        "profile": body["profile"]["name"],
        "types": types(body["profile"]),
        "zone": body["zone"],
        "threshold": body["threshold"],
        "authorities": len(people),
        "supervisor": "supervisor",
        "supervisors": body["supervisors"],
        "skew": body["skew"],
        "keyuse": body["ledger_key_use"],
    }

    def say(code: str, **more: object) -> str:
        said = words.say(f"deed.founding.{code}", {**facts, **more}, lang, titles)
        return textwrap.fill(said, _WIDTH, subsequent_indent=" " * (said.find(": ") + 2 if code in _TABLE else 0))

    drill = [say("drill"), ""] if body["drill"] else []
    rows = [row for number, card in enumerate(people, 1) for row in _signer(say, number, card, card.key in signed)]
    rules = "rules" if len(people) > 1 else "rules.one"
    parts = [say("title"), "=" * _WIDTH, *drill, *(say(code) for code in ("operation", "when", "profile", rules, "ledgerkey"))]
    parts += ["", say("sid"), *(f"  {half}" for half in halves(statement.sid).values()), "", say("signers"), *rows]
    parts += ["", say("trust"), "", trust.decode("utf-8", "replace").strip(), "", say("keep")]
    return "\n".join(parts) + "\n"


def types(profile: Mapping[str, Any]) -> str:
    """The kinds of boxes of an election in words, with the code where it is another word."""
    return ", ".join(name if (name := item["name"]) == (code := item["code"]) else f"{name} ({code})" for item in profile["types"])


def halves(sid: str) -> dict[str, str]:
    """The number of a founding as facts of a sentence: two lines that fit a terminal, `first` and `second`."""
    return {"first": grouped(sid[:32]), "second": grouped(sid[32:])}


def grouped(text: str, size: int = 4) -> str:
    """Hex in groups, for reading aloud; on the printed deed too."""
    return " ".join(text[at : at + size] for at in range(0, len(text), size))


def person(card: Card) -> str:
    """Rank, name, number and unit, as far as they may be shown."""
    return " ".join(part for part in (card.rank, card.name, card.number and f"({card.number})", card.unit) if part)


def _signer(say: Callable[..., str], number: int, card: Card, signed: bool) -> list[str]:
    return [
        "",
        say("signer", number=number, institution=card.institution, person=person(card) or "—", key=card.key, key_id=card.key_id),
        say("signed" if signed else "unsigned"),
        say("ink"),
    ]

"""One family of errors for the whole system: a code and facts, never a sentence (docs/spec, all chapters)."""

from typing import TypeAlias

Fact: TypeAlias = str | int | tuple[str, ...] | tuple[int, ...] | None


class CustodyError(Exception):
    """What went wrong, as a dotted code (`note.lines`) and the facts that a sentence about it needs.

    Words are chosen where the error is shown (`custody.i18n.words`); the library itself never prints.
    """

    code: str
    facts: dict[str, Fact]

    def __init__(self, code: str, /, **facts: Fact) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code} ({shown})" if shown else self.code


class Malformed(CustodyError):
    """The bytes do not have the form that the specification asks for."""


class BadSignature(CustodyError):
    """A signature is missing or does not hold."""


class Altered(CustodyError):
    """What is at hand does not agree with what was signed or proven."""


class Refused(CustodyError):
    """The form is right and a rule says no."""


class KeyTrouble(CustodyError):
    """A private key cannot be used: wrong passphrase, open file rights, unknown format."""


class Locked(CustodyError):
    """The ledger key is locked, or another process holds the ledger."""


class NoLedger(CustodyError):
    """There is no ledger here, or it cannot be opened."""


class Undecided(CustodyError):
    """The question cannot be answered with what is at hand; never used for something that is altered."""


def quoted(found: str | bytes) -> str:
    """What was found, as a fact of an error: at most 100 characters, and nothing in it that a terminal or a codec could stumble on."""
    text = found[:400].decode("utf-8", "backslashreplace") if isinstance(found, bytes) else found
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[:100])

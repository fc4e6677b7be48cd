"""The office's certificate at the desk: opened by passphrase, put under a finished paper, and what one on a paper is worth (spec 22).

Whoever writes papers: `opened` before anything is logged, `signed` on the finished bytes.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import Exit
from custody_cli.ground.prompts import TRIES, unlock

if TYPE_CHECKING:
    from custody.paper.checking.certificate import Card
    from custody.paper.checking.check import PaperVerdict
    from custody.paper.checking.officesignature import Answer

_ASKED = {"certificate.none": Exit.FINDINGS, "certificate.broken": Exit.FINDINGS, "certificate.extra": Exit.UNDECIDED}
_TONES = {"certificate.none": None, "certificate.unnamed": None, "certificate.holds": "good"}


def opened(app: App, path: Path, word: Path | None, drill: bool) -> "Card":
    """The card of a PKCS#12 file or a token (`pkcs11:…`), fit for papers of this ledger; its passphrase from a file or asked for.

    drill: whether that ledger is one. Raises `Undecided("certificate.extra")` where the extra lacks, `Refused("certificate.real")` for a
    card of a drill and a real ledger, and as `certificate.open_card`, `token.open_card` and `reading.read`.
    """
    from custody.core.errors import Refused, Undecided
    from custody.paper.checking import certificate, officesignature

    if not officesignature.present():
        raise Undecided("certificate.extra")
    card = _unlocked(app, path, word)
    if certificate.of_drill(card.certificate) and not drill:
        raise Refused("certificate.real", owner=certificate.owner(card.certificate))
    officesignature.usable(card, _now(app))
    return card


def _unlocked(app: App, path: Path, word: Path | None) -> "Card":
    from custody.paper.checking import certificate, token
    from custody.reading import read

    if str(path).startswith(token.PREFIX):
        place = token.Place.parse(str(path))
        return _asked(app, word, app.say("cli.certify.pin", token=place.token), lambda typed: token.open_card(place, typed), tries=1)
    data, question = read(path, certificate.MOST), app.say("cli.certify.passphrase", path=str(path))
    return _asked(app, word, question, lambda typed: certificate.open_card(data, typed.encode(), str(path)))


def _asked(app: App, word: Path | None, question: str, open_with: Callable[[str], "Card"], tries: int = TRIES) -> "Card":
    """tries: one for a token, which locks itself after a few."""
    if word is None:
        return unlock(app.prompter, question, open_with, app.say, tries)
    from custody.station.keyfile import read_passphrase

    return open_with(read_passphrase(word).decode("utf-8", "replace"))


def signed(app: App, pdf: bytes, card: "Card") -> bytes:
    """A finished paper with the office's signature, now. Raises as `officesignature.sign`."""
    from custody.paper.checking import officesignature

    return officesignature.sign(pdf, _now(app), card)


def _now(app: App) -> str:
    from custody.i18n.dates import utc_text

    return utc_text(app.clock())


# -- on a paper that is checked ----------------------------------------------------------------------------------------------------------


def worth(data: bytes, verdict: "PaperVerdict", named: Path | None) -> "Answer | None":
    """The answer about the certificate of a paper that holds, None for any other. named: a file of certificates to trust.

    Raises `Malformed("certificate.certificates")` and as `reading.read`.
    """
    from custody.paper.checking import certificate, officesignature
    from custody.reading import read

    trusted = None if named is None else certificate.named(read(named, certificate.MOST), str(named))
    if not verdict.holds or verdict.reading is None:
        return None
    founding = verdict.reading.state.authority.founding
    return officesignature.judge(data, verdict.tail, trusted, founding is not None and founding.body["drill"])


def lines(app: App, data: bytes, verdict: "PaperVerdict", answer: "Answer | None") -> list[str]:
    """The answer in words, with what to do; for a paper that does not hold, what a signature in it is worth there: nothing."""
    if answer is None:
        return [app.say("certificate.proves-nothing")] if verdict.reading is not None and b"/ByteRange" in data else []
    facts = _facts(answer, verdict)
    tone, said = _TONES.get(answer.code, "warn"), app.say(answer.code, **facts)
    told = [paint(said, tone) if tone else said]
    if _early(answer, verdict):
        told.append(paint(app.say("certificate.early", **facts), "warn"))
    step = app.next_step(answer.code, **facts)
    return [*told, f"{app.say('cli.next')} {step}"] if step else told


def _early(answer: "Answer", verdict: "PaperVerdict") -> bool:
    """Whether the claimed moment lies before the paper was made (OFFICE-7); moments sort as they are written."""
    return verdict.reading is not None and answer.moment is not None and answer.moment < verdict.reading.facts.made


def _facts(answer: "Answer", verdict: "PaperVerdict") -> dict[str, Any]:
    facts = {name: value for name, value in vars(answer).items() if name != "code"}
    if verdict.reading is None:
        return facts
    founding = verdict.reading.state.authority.founding
    return {**facts, "made": verdict.reading.facts.made, "zone": founding.body["zone"] if founding else "UTC"}


def document(app: App, verdict: "PaperVerdict", answer: "Answer | None") -> dict[str, Any] | None:
    """The answer as fields."""
    if answer is None:
        return None
    return {**vars(answer), "early": _early(answer, verdict), "message": app.say(answer.code, **_facts(answer, verdict))}


def exit_of(answer: "Answer | None", asked: bool) -> Exit:
    """What the certificate adds to the answer about a paper that holds. asked: whether somebody named certificates to trust."""
    if answer is None:
        return Exit.FINE
    if answer.fails:
        return Exit.FINDINGS
    return _ASKED.get(answer.code, Exit.FINE) if asked else Exit.FINE

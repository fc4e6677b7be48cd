"""The founding deed for printing: drawn from the founding, the trust file and what the private register tells (paper/deeds/founding.py)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from custody_cli.ground.app import App
from custody_cli.ground.desk import office

if TYPE_CHECKING:
    from custody.core.private import Opening
    from custody.core.statement import Statement
    from custody.ledger.enrolment import Card
    from custody.ledger.folder import Folder
    from custody.paper.deeds.founding import DeedFacts

Opened = Callable[[list[str]], "Mapping[str, Opening]"]


def write(
    app: App, folder: "Folder", founding: "Statement", signed: Collection[str], opened: Opened, out: Path | None = None
) -> tuple[str, Path]:
    """Write the deed as PDF, and as text beside it; returns the text and where the PDF lies. A file named by `out` is not overwritten.

    `signed` names the keys that signed the founding. Raises `Malformed`, `OSError`.
    """
    from custody.core.policy import MAX_BYTES
    from custody.durable import write_durably, write_new
    from custody.ledger.deed import founding_deed
    from custody.ledger.enrolment import cards
    from custody.paper.deeds.founding import draw
    from custody.reading import read

    people = cards([founding], opened)
    trust = read(folder.policy, MAX_BYTES)
    said = founding_deed(founding, trust, people, signed, app.lang, app.settings.titles)
    drawn = draw(_facts(app, founding, trust, people, signed))
    if out is not None:
        write_new(out, drawn)
        return said, out
    write_durably(folder.founding / "deed.txt", said.encode())
    write_durably(folder.founding / "deed.pdf", drawn)
    return said, folder.founding / "deed.pdf"


def again(app: App, out: Path | None) -> None:
    """The deed of a ledger that stands, once more: with the trust file as it is now."""
    with office(app) as opened:
        said, path = write(app, opened.folder, opened.founding, opened.founders(), opened.private.opened, out)
    app.answer("init.deed", {"deed": str(path), "founding": opened.founding.sid}, f"{said}\n{app.say('cli.init.deed', path=str(path))}")


def _facts(app: App, founding: "Statement", trust: bytes, people: "Sequence[Card]", signed: Collection[str]) -> "DeedFacts":
    from custody.ledger.deed import person, types
    from custody.paper.deeds.founding import DeedFacts, Signer

    body = founding.body
    return DeedFacts(
        operation=body["operation"],
        election=body["profile"]["name"],
        types=types(body["profile"]),
        drill=body["drill"],
        domain=body["domain"],
        sid=founding.sid,
        founded=body["at"],
        zone=body["zone"],
        signers=tuple(Signer(one.institution or "", one.key, one.key_id, person(one), one.key in signed) for one in people),
        threshold=body["threshold"],
        supervisors=body["supervisors"],
        skew=body["skew"],
        key_use=body["ledger_key_use"],
        trust=trust,
        titles=tuple(sorted(app.settings.titles.items())),
    )

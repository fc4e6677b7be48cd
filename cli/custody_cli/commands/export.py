"""`custody export`: the ledger as a folder of files for everybody, and for systems of others (docs/spec/25-export.md, 28-epcis-nist.md)."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody_cli.ground.console import watched
from custody_cli.ground.desk import office
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import App, argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.outside.others import Others, put, with_others

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.ledger.export import Exported

_MOST = 1 << 16  # bytes of a checkpoint with all its lines
_RANGE = re.compile(r"([0-9]{1,15})(?:-([0-9]{1,15}))?", re.ASCII)


@define("export")
@argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@option("--entries", "entries", multiple=True)
@option("--since", type=click.IntRange(0))
@option("--old", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_others
@pass_app
def command(
    app: App,
    folder: Path | None,
    entries: tuple[str, ...],
    since: int | None,
    old: Path | None,
    epcis: Path | None,
    nist: Path | None,
    tables: Path | None,
    jsonl: Path | None,
) -> None:
    others = Others(epcis, nist, tables, jsonl)
    if folder is None and (entries or since is not None or old is not None or not others.asked):
        raise WrongUse("cli.export.nowhere")
    if since is not None and old is not None:
        raise WrongUse("cli.export.one")
    others.check()
    document, told = {}, list[str]()
    with office(app, proven=True) as opened:
        if folder is not None:
            done, line = _folder(app, opened, folder, entries, since, old)
            document, told = _document(folder, done, line), _told(app, folder, done, line)
        if others.asked:
            written = put(app, opened, others)
            document |= {"documents": [{"file": str(path), "bytes": count} for path, count in written]}
            told += [app.say("cli.export.document", path=path, bytes=count) for path, count in written]
            told.append(app.say("cli.export.no-proof"))
    app.answer("export", document, "\n".join(told))


def _folder(
    app: App, opened: "Office", folder: Path, entries: tuple[str, ...], since: int | None, old: Path | None
) -> "tuple[Exported, str]":
    from custody.assembly.exporting import export_office
    from custody.ledger.export import Wanted
    from custody.reading import read

    wanted = Wanted(numbers(entries), since, (str(old), read(old, _MOST)) if old is not None else None)
    with app.console.progress(app.say("cli.export.working"), opened.store.size()) as step:
        done = export_office(opened, folder, wanted, watched(step))
    return done, opened.ledger.head().short


def numbers(given: tuple[str, ...]) -> tuple[int, ...]:
    """Entries as people write them: `5`, `5-9`, `5,7-9`. Raises `WrongUse("cli.export.entries")`."""
    from custody.ledger.export import MOST_PROOFS

    found: list[int] = []
    for item in (part.strip() for text in given for part in text.split(",")):
        match = _RANGE.fullmatch(item)
        first, last = (int(match[1]), int(match[2] or match[1])) if match is not None else (0, -1)
        if first > last:
            raise WrongUse("cli.export.entries", typed=item[:40])
        found += range(first, min(last, first + MOST_PROOFS) + 1)  # one more than may be, for the ledger to refuse
    return tuple(found)


def _document(folder: Path, done: "Exported", line: str) -> dict[str, object]:
    return {"folder": str(folder), "size": done.size, "before": done.before, "files": done.files, "bytes": done.bytes, "line": line}


def _told(app: App, folder: Path, done: "Exported", line: str) -> list[str]:
    code = "cli.export.same" if done.files == 0 else "cli.export.more" if done.before else "cli.export.done"
    facts = {"path": str(folder), "size": done.size, "before": done.before, "files": done.files, "bytes": done.bytes, "line": line}
    return [app.say(code, **facts), app.say("cli.export.line", **facts), app.say("cli.export.next", **facts)]

"""`custody init`: the founding ceremony, guided or from a file, at one table or over days."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.core.errors import Refused
from custody.durable import write_new
from custody.reading import read
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import named, random, state_dir
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import command as define
from custody_cli.ground.runtime import option, pass_app
from custody_cli.keys.authorise import Table, agreed, usable, with_signers
from custody_cli.keys.founding_questions import ask_folder, ask_plan
from custody_cli.keys.signing import chosen_passphrase, matched, open_key, public_of
from custody_cli.papers import founding_deed

if TYPE_CHECKING:
    from custody.core.note import VerifierKey
    from custody.core.statement import Statement
    from custody.ledger.ceremony import Ceremony, Plan
    from custody.ledger.folder import Folder

_FILE = click.Path(dir_okay=False, path_type=Path)


@define("init")
@option("--from", "plan", type=_FILE)
@option("--database", "url")
@option("--sign", "text", type=_FILE)
@option("--add", "added", type=_FILE, multiple=True)
@option("--finish", is_flag=True)
@option("--deed", is_flag=True)
@option("--ledger-passphrase-file", "ledger_file", type=_FILE)
@option("--out", type=_FILE)
@with_signers
@pass_app
def command(
    app: App,
    plan: Path | None,
    url: str | None,
    text: Path | None,
    added: tuple[Path, ...],
    finish: bool,
    deed: bool,
    ledger_file: Path | None,
    out: Path | None,
    table: Table,
) -> None:
    if deed:
        return founding_deed.again(app, out)
    if text is not None:
        return _sign_elsewhere(app, text, table, out)
    from custody.ledger.ceremony import MOST_TEXT
    from custody.ledger.folder import Folder

    folder = Folder(ask_folder(app) if app.ledger_path is None and plan is None and not added else app.ledger())
    begun = (folder.founding / "text").exists()
    if folder.whole or (folder.db.exists() and not begun):
        raise Refused("founding.done", path=str(folder.path))
    usable(table)
    if url is not None:
        _in_database(folder, url)
    ceremony, made = _begun(app, folder, plan, ledger_file, table.yes)
    keys = table.keys or made
    for path in added:
        ceremony, _ = ceremony.take(read(path, MOST_TEXT))
    for path in keys:
        _require_named(ceremony, public_of(path).name)
    for path, file in zip(keys, matched(keys, table.files), strict=True):
        ceremony = _sign_here(app, ceremony, path, file)
    if ceremony.enough and (finish or not ceremony.missing):
        return _finish(app, folder, ceremony, ledger_file)
    if finish:
        raise Refused("founding.incomplete", missing=ceremony.missing)
    return _waiting(app, folder, ceremony)


def _in_database(folder: "Folder", url: str) -> None:
    """The rows will lie there; asked now, so that nobody signs for a database that does not answer."""
    from custody.assembly.placing import name_database

    name_database(folder.path, url)


def _begun(app: App, folder: "Folder", plan_file: Path | None, ledger_file: Path | None, yes: bool) -> "tuple[Ceremony, tuple[Path, ...]]":
    """The ceremony in the folder, begun now if there is none; and the key files of signers who are at the table."""
    from custody.ledger import ceremony

    if (folder.founding / "text").exists():
        if plan_file is not None:
            raise Refused("founding.begun", path=str(folder.founding))
        return ceremony.open_ceremony(folder.founding), ()
    made: tuple[Path, ...] = ()
    if plan_file is not None:
        plan = ceremony.read_plan(plan_file, public_of)
    else:
        plan, made = ask_plan(app)
    public = _ledger_key(app, folder, plan, ledger_file)
    statement, openings = ceremony.draft_founding(plan, public.public, int(app.clock().timestamp()), random)
    _show(app, statement, {opening.commitment(): opening.value for opening in openings})
    agreed(app, app.say("cli.init.agree"), yes)
    return ceremony.begin(folder.founding, statement, openings), made


def _ledger_key(app: App, folder: "Folder", plan: "Plan", file: Path | None) -> "VerifierKey":
    """The ledger key: open in its 0600 file, or under a passphrase, as the plan says. One from a try that was cut short is used again."""
    from custody.station.keyfile import new_key

    if folder.key.exists():
        return public_of(folder.key)
    folder.key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    passphrase = chosen_passphrase(app, app.say("cli.init.ledgerkey"), file) if plan.ledger_key == "unlocked" else None
    return new_key(folder.key, "ledger", passphrase, random=random)


def _require_named(ceremony: "Ceremony", name: str) -> None:
    if name not in ceremony.roster.by_name:
        raise Refused("founding.not-named", name=name, named=tuple(ceremony.roster.by_name))


def _sign_here(app: App, ceremony: "Ceremony", path: Path, file: Path | None) -> "Ceremony":
    from custody.ledger.ceremony import sign_file

    text = ceremony.statement.text
    return ceremony.take(sign_file(text, open_key(app, path, file).line(text)))[0]


def _sign_elsewhere(app: App, text: Path, table: Table, out: Path | None) -> None:
    """An authority on an own machine: sees what is founded, signs, gets the small file to send back. No ledger is needed."""
    from custody.ledger.ceremony import read_packet, sign_file

    if len(table.keys) != 1:
        raise WrongUse("cli.init.one_key")
    (key,) = table.keys
    (statement, opened), public = read_packet(text), public_of(key)
    named = [item["key"] for item in statement.body["authorities"]]
    if str(public) not in named:
        raise Refused("founding.not-named", name=public.name, named=tuple(key.partition("+")[0] for key in named))
    _show(app, statement, opened)
    agreed(app, app.say("cli.init.sign", name=public.name), table.yes)
    signed = sign_file(statement.text, open_key(app, key, matched(table.keys, table.files)[0]).line(statement.text))
    target = out or Path(f"{public.name}.note")
    write_new(target, signed)
    document = {"file": str(target), "founding": statement.sid, "key": public.name}
    app.answer("init.sign", document, app.say("cli.init.signed", path=str(target)))


def _finish(app: App, folder: "Folder", ceremony: "Ceremony", ledger_file: Path | None) -> None:
    from custody.assembly import file_key, found

    origin = ceremony.roster.origin
    if ceremony.statement.body["ledger_key_use"] == "unlocked":
        word = _ledger_passphrase(app, folder.key, ledger_file)
        signer = file_key(folder.key, origin, lambda: word)
    else:
        signer = file_key(folder.key, origin, lambda: b"")
    entry = ceremony.complete(signer.key, signer.sign)
    receipt = found(folder.path, entry, signer, ceremony.openings, state_dir=state_dir(app))
    known = {opening.commitment(): opening for opening in ceremony.openings}
    said, printed = founding_deed.write(app, folder, ceremony.statement, ceremony.lines.keys(), lambda _: known)
    document = {**_document(folder, ceremony), "stage": "founded", "index": receipt.index, "log": str(signer.key), "deed": str(printed)}
    ended = app.say("cli.init.founded", path=str(folder.path), deed=str(printed), ledger=named(app))
    app.answer("init", document, f"{said}\n{ended}")


def _ledger_passphrase(app: App, path: Path, file: Path | None) -> bytes:
    """The passphrase of the ledger key, tried on the key itself."""
    from custody.station.keyfile import load_key, read_passphrase
    from custody_cli.ground.prompts import unlock

    if file is not None:
        return read_passphrase(file)

    def tried(typed: str) -> bytes:
        load_key(path, typed.encode)
        return typed.encode()

    return unlock(app.prompter, app.say("cli.sign.passphrase", name=app.say("cli.init.ledgerkey"), path=str(path)), tried, app.say)


def _waiting(app: App, folder: "Folder", ceremony: "Ceremony") -> None:
    from custody.ledger.deed import halves

    def human() -> str:
        rows = [app.say("cli.init.waiting", signed=len(ceremony.lines), missing=ceremony.missing)]
        rows.append(app.say("cli.init.send", path=str(folder.founding / "packet"), **halves(ceremony.statement.sid)))
        rows.append(app.say("cli.init.back", ledger=named(app, folder.path)))
        if ceremony.enough:
            rows.append(app.say("cli.init.enough", ledger=named(app, folder.path)))
        return "\n".join(rows)

    app.answer("init", {**_document(folder, ceremony), "stage": "waiting"}, human)


def _document(folder: "Folder", ceremony: "Ceremony") -> dict[str, Any]:
    return {
        "folder": str(folder.path),
        "origin": ceremony.roster.origin,
        "founding": ceremony.statement.sid,
        "signed": sorted(ceremony.lines),
        "missing": list(ceremony.missing),
        "enough": ceremony.enough,
        "text": str(folder.founding / "packet"),
    }


def _show(app: App, statement: "Statement", opened: dict[str, str]) -> None:
    """What is about to be signed, beside the answer: people read it before they type a passphrase."""
    from custody.core.note import VerifierKey
    from custody.ledger.deed import halves, types

    body = statement.body
    facts = {name: body[name] for name in ("operation", "domain", "zone", "threshold", "supervisors", "skew")}
    facts |= {"types": types(body["profile"]), "authorities": len(body["authorities"])}
    facts |= {"profile": body["profile"]["name"], "drill": body["drill"], "use": body["ledger_key_use"], "supervisor": "supervisor"}
    app.console.note(app.say("cli.init.shown", **facts))
    app.console.note(paint(app.say("cli.init.shown.drill"), "warn") if body["drill"] else paint(app.say("cli.init.shown.real"), "head"))
    for code in ("rules" if len(body["authorities"]) > 1 else "rules.one", "keyuse"):
        app.console.note(app.say(f"cli.init.shown.{code}", **facts))
    for item in body["authorities"]:
        key = VerifierKey.parse(item["key"])
        person = [opened.get(item[name]["c"], "") for name in ("rank", "name", "number", "unit") if item[name] is not None]
        said = " ".join(part for part in person if part) or "—"
        shown = app.say("cli.init.shown.authority", institution=item["institution"], key=key.name, key_id=key.key_id.hex(), person=said)
        app.console.note(shown)
    for line in app.say("cli.init.shown.sid", **halves(statement.sid)).splitlines():
        app.console.note(line)

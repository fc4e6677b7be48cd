"""`custody key`: make, show, invite, enrol and revoke the keys of people."""

import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.core.errors import Malformed, Refused
from custody.durable import write_new
from custody.reading import read
from custody_cli.ground import target as targets
from custody_cli.ground.desk import office, random
from custody_cli.ground.exits import Exit, WrongUse
from custody_cli.ground.roletype import ROLES, Role
from custody_cli.ground.runtime import App, argument, gathered, group, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.ground.wordchoice import WordChoice
from custody_cli.keys import enrolling, inviting
from custody_cli.keys.authorise import Table, agreed, answered, authorise, save_sheet, signed, with_signers, with_signers_or_sheet
from custody_cli.keys.inviting import Wanted
from custody_cli.keys.keypath import KEY
from custody_cli.keys.signing import chosen_passphrase, public_of

if TYPE_CHECKING:
    from custody.assembly import Office, Submitted
    from custody.ledger.sheet import Draft
    from custody.station.people import Invitation, Pairing

_FILE = click.Path(dir_okay=False, path_type=Path)
_MOST_SHEET = 256 << 20  # bytes: the places and boxes of a whole province
_REASONS = ("lost", "stolen", "compromised", "left", "rotated", "mistake", "other")

with_person = gathered(
    "wanted",
    Wanted,
    option("--role", type=Role(), required=True),
    option("--place", "places", multiple=True),
    option("--institution"),
    option("--name"),
    option("--rank"),
    option("--number"),
    option("--unit"),
    option("--key-name", "key"),
    option("--delegate", is_flag=True),
)


@group("key")
def command() -> None: ...


@define("key.new", parent=command)
@option("--out", type=_FILE)
@option("--name")
@option("--invitation", type=_FILE)
@option("--proof", type=_FILE)
@option("--passphrase-file", "file", type=_FILE)
@option("--yes", is_flag=True)
@pass_app
def new(app: App, out: Path | None, name: str | None, invitation: Path | None, proof: Path | None, file: Path | None, yes: bool) -> None:
    if invitation is not None:
        return _answer_invitation(app, invitation, name, out, proof, file, yes)
    if name is None:
        raise WrongUse("cli.key.new.name")
    from custody.core.shapes import KEY_NAME
    from custody.station.keyfile import new_key, public_path

    if not KEY_NAME.ok(name):
        raise Malformed("key.name", name=name)
    path = out or Path(name)
    public = new_key(path, name, chosen_passphrase(app, name, file), random=random)
    document = {"file": str(path), "public": str(public_path(path)), "key": str(public), "key_id": public.key_id.hex()}
    facts = {"path": str(path), "public": str(public_path(path)), "key_id": public.key_id.hex(), "name": name}
    return app.answer("key.new", document, app.say("cli.key.new.done", **facts))


def _answer_invitation(app: App, file: Path, name: str | None, out: Path | None, proof: Path | None, word: Path | None, yes: bool) -> None:
    """The person's own computer: see who the office takes one for, make a key, prove it. No ledger is needed."""
    from custody.ledger import enrolment
    from custody.station import people
    from custody_cli.keys.listing import duty

    invitation = _one_of(people.read_invitations(read(file, inviting.MOST), file.name), name, file)
    told = {opening.field: opening.value for opening in enrolment.openings(invitation.fixed)}
    person = " ".join(told[field] for field in ("rank", "name", "number", "unit") if field in told) or "—"
    facts = {"role": invitation.role, "person": person, "name": invitation.key}
    agreed(app, app.say("cli.key.new.yours", **facts, **duty(app, None, invitation.institution, invitation.places)), yes)
    path = out or Path(f"{invitation.key}.key")
    target = proof or Path(f"{invitation.key}.proof")
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    chosen = chosen_passphrase(app, invitation.key, word)
    made = people.answer(invitation, path, lambda: chosen, enrolling.text_for, random=random)
    write_new(target, made.format())
    document = {"file": str(path), "proof": str(target), "key": str(made.key), "key_id": made.key.key_id.hex()}
    said = app.say("cli.key.new.proven", path=str(path), proof=str(target), key_id=made.key.key_id.hex(), name=invitation.key)
    app.answer("key.new", document, said)


def _one_of(invitations: "tuple[Invitation, ...]", name: str | None, file: Path) -> "Invitation":
    found = [one for one in invitations if name is None or one.key == name]
    if not invitations:
        raise WrongUse("cli.key.new.none", path=str(file))
    if len(found) != 1:
        raise WrongUse("cli.key.new.which", path=str(file), count=len(invitations), names=tuple(one.key for one in invitations[:20]))
    return found[0]


@define("key.show", parent=command)
@argument("path", type=_FILE)
@pass_app
def show(app: App, path: Path) -> None:
    public = public_of(path)
    document = {"name": public.name, "key": str(public), "key_id": public.key_id.hex()}
    app.answer("key", document, app.say("cli.key.show.done", name=public.name, key=str(public), key_id=public.key_id.hex()))


@define("key.list", parent=command)
@pass_app
def list_keys(app: App) -> None:
    from custody_cli.keys.listing import duty

    with office(app) as opened:
        roster, size = opened.ledger.state.roster, opened.ledger.size
        rows = [(card, roster.find(card.key, size)) for card in opened.people()]
        waiting = [inviting.told(one) for one in inviting.waiting(opened)]
        everybody = [*(vars(card) for card, _ in rows), *waiting]
        places = {one["key"]: duty(app, opened, one["institution"], one["places"])["places"] for one in everybody}
        folder = opened.folder.invitations
    listed = [
        {**vars(card), "places": list(card.places), "since": key.since, "until": key.until if key.until < 2**53 else None}
        for card, key in rows
        if key is not None
    ]

    def human() -> None:
        columns = [app.say(f"cli.key.list.{name}") for name in ("key", "role", "institution", "person", "places", "id", "state")]
        shown = [_listed(app, item, places[item["key"]]) for item in [*listed, *waiting]]
        app.console.table(columns, shown)
        if waiting:
            app.console.note(app.say("cli.key.list.withdraw", example=str(folder / f"{waiting[0]['key']}{inviting.SUFFIX}")))

    app.answer("key.list", {"keys": listed, "invited": waiting}, human)


def _person(item: dict[str, Any]) -> str:
    return " ".join(item[name] for name in ("rank", "name") if item[name]) or "—"


def _listed(app: App, item: dict[str, Any], places: str) -> list[str]:
    if "until" not in item:
        state = app.say("cli.key.list.invited")
    else:
        state = app.say("cli.key.list.valid") if item["until"] is None else app.say("cli.key.list.revoked", entry=item["until"] - 1)
    role = app.say(f"title.{item['role']}")
    return [item["key"], role, item["institution"] or "—", _person(item), places, item.get("key_id", ""), state]


@define("key.invite", parent=command)
@with_person
@option("--out", type=_FILE)
@pass_app
def invite(app: App, wanted: Wanted, out: Path | None) -> None:
    from custody_cli.keys.listing import settled

    with office(app, write=True) as opened:
        made = inviting.drafted_for(opened, settled(opened, [wanted]))
        target = out or Path(f"{made[0].key}{inviting.SUFFIX}")
        inviting.hand_out(opened, made, [target])
    app.answer("key.invite", {"key": made[0].key, "file": str(target)}, app.say("cli.key.invite.done", name=made[0].key, path=str(target)))


@define("key.add", parent=command)
@with_person
@option("--out", type=_FILE, required=True)
@option("--new-passphrase-file", "word", type=_FILE)
@with_signers
@pass_app
def add(app: App, wanted: Wanted, out: Path, word: Path | None, table: Table) -> int | None:
    """Person and authorities at one table: invitation, key and enrolment in one go."""
    from custody.station import people
    from custody_cli.keys.listing import settled

    with office(app, write=True) as opened:
        (made,) = inviting.drafted_for(opened, settled(opened, [wanted]))
        inviting.keep(opened, [made])
        try:
            chosen = chosen_passphrase(app, made.key, word)
            proof = people.answer(made, out, lambda: chosen, enrolling.text_for, random=random)
            pairing, done = enrolling.enrol(app, opened, [proof], table)
        except BaseException:  # nobody was enrolled: the name is free again, and the key file fits the next try
            inviting.answered(opened, [made])
            raise
    return _enrolled(app, pairing, done, table)


@define("key.batch", parent=command)
@argument("table", type=_FILE)
@option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@option("--yes", is_flag=True)
@pass_app
def batch(app: App, table: Path, out: Path, yes: bool) -> None:
    from custody_cli.keys.listing import read_people_file

    with office(app, write=True) as opened:
        wanted = read_people_file(app, opened, table)
        roles = {role: sum(one.role == role for one in wanted) for role in ROLES}
        said = ", ".join(f"{app.say(f'title.{role}')} {count}" for role, count in roles.items() if count)
        agreed(app, app.say("cli.key.batch.agree", count=len(wanted), roles=said), yes)
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = inviting.drafted_for(opened, wanted)
        inviting.hand_out(opened, made, [out / f"{one.key}{inviting.SUFFIX}" for one in made])
    document = {"folder": str(out), "invitations": [one.key for one in made]}
    app.answer("key.batch", document, app.say("cli.key.batch.done", count=len(made), folder=str(out)))


@define("key.enrol", parent=command)
@argument("proofs", nargs=-1, type=_FILE)
@with_signers_or_sheet
@pass_app
def enrol(app: App, proofs: tuple[Path, ...], table: Table) -> int | None:
    found = inviting.read_proof_files(proofs)
    with office(app, write=True) as opened:
        pairing, done = enrolling.enrol(app, opened, found, table)
    return _enrolled(app, pairing, done, table)


def _enrolled(app: App, pairing: "Pairing", done: "Submitted | None", table: Table) -> int | None:
    names = [proof.key.name for _, proof in pairing.paired]
    facts = {"enrolled": names, "doubtful": [{"code": code, "key": proof.key.name} for code, proof in pairing.doubtful]}
    answered(app, done, table, "key.enrol", facts, lambda: app.say("cli.key.enrol.done", count=len(names), names=tuple(names)))
    return Exit.FINDINGS if pairing.doubtful else None


@define("key.revoke", parent=command)
@argument("name")
@option("--reason", type=WordChoice("revokereason", _REASONS), required=True)
@option("--since")
@with_signers_or_sheet
@pass_app
def revoke(app: App, name: str, reason: str, since: str | None, table: Table) -> None:
    from custody.i18n.dates import from_typed
    from custody.ledger.sheet import Draft

    with office(app, write=True) as opened:
        key = opened.ledger.state.roster.find(name, opened.ledger.size)
        if key is None or not key.counts(opened.ledger.size):
            raise Refused("revoke.unknown", key=name)
        moment = from_typed(since, opened.zone) if since else None
        drafts = [Draft(opened.draft("revoke", key=name, reason=reason, since=moment))]
        question = app.say("cli.key.revoke.agree", name=name, role=key.role)
        if len(table.keys) == 1 and public_of(table.keys[0]).public == key.public:
            agreed(app, question, table.yes)
            done: Submitted | None = opened.submit(signed(app, drafts, table.keys, table.files))
        else:
            done = authorise(app, opened, drafts, table, question)
    facts = {"key": name, "reason": reason}
    answered(app, done, table, "key.revoke", facts, lambda: app.say("cli.key.revoke.done", name=name))


@define("key.sign", parent=command)
@argument("sheet", type=_FILE)
@option("--key", "keys", type=KEY, multiple=True, required=True)
@option("--passphrase-file", "files", type=_FILE, multiple=True)
@option("--out", type=_FILE)
@option("--yes", is_flag=True)
@pass_app
def sign(app: App, sheet: Path, keys: tuple[Path, ...], files: tuple[Path, ...], out: Path | None, yes: bool) -> None:
    """An authority on an own machine signs a sheet once, however long it is. No ledger is needed."""
    from custody.ledger import sheet as sheets
    from custody_cli.keys.listing import show_sheet
    from custody_cli.keys.signing import sign_all

    target = out or sheet.with_name(f"{sheet.stem}-{public_of(keys[0]).name}{sheet.suffix}")
    targets.free(target)
    found = sheets.read(read(sheet, _MOST_SHEET))
    show_sheet(app, found)
    drafts = found.drafts
    agreed(app, app.say("cli.key.sign.agree", count=len(drafts)), yes)
    lines = sign_all(app, [draft.statement.text for draft in drafts], keys, files)
    made = [draft.signed(added) for draft, added in zip(drafts, lines, strict=True)]
    save_sheet(target, replace(found, drafts=tuple(made)))
    document = {"file": str(target), "count": len(made), "kinds": sheets.kinds(made)}
    app.answer("key.sign", document, app.say("cli.key.sign.done", count=len(made), path=str(target)))


@define("key.submit", parent=command)
@argument("sheets", nargs=-1, required=True, type=_FILE)
@option("--yes", is_flag=True)
@pass_app
def submit(app: App, sheets: tuple[Path, ...], yes: bool) -> None:
    """The office puts copies of a sheet together and seals what enough authorities have signed."""
    from custody.ledger import sheet
    from custody_cli.keys.listing import show_sheet

    with office(app, write=True) as opened:
        found = sheet.merge([sheet.read(read(path, _MOST_SHEET)) for path in sheets])
        if found.founding.sid != opened.founding.sid:
            operations = {"operation": found.founding.body["operation"], "here": opened.founding.body["operation"]}
            raise Refused("sheet.other-ledger", **operations, sid=found.founding.sid, own=opened.founding.sid)
        show_sheet(app, found, opened)
        drafts = found.drafts
        for draft in drafts:
            _enough(opened, draft)
        agreed(app, app.say("cli.key.submit.agree", count=len(drafts)), yes)
        invited = {one.key: one for one in inviting.waiting(opened)}
        done = opened.submit([draft.note() for draft in drafts])
        enrolling.settle(opened, [invited[name] for draft in drafts if (name := _enrolled_name(draft)) in invited], done)
    facts = {"count": len(drafts), "kinds": sheet.kinds(drafts)}
    answered(app, done, Table(), "key.submit", facts, lambda: None)


def _enrolled_name(draft: "Draft") -> str:
    return str(draft.statement.body["key"]).partition("+")[0] if draft.statement.kind.name == "enrol" else ""


def _enough(opened: "Office", draft: "Draft") -> None:
    """Before anything is sealed: those who must have signed each statement. Raises `Refused`, for rulings as `require_ruling`."""
    from custody.assembly.deciding import require_ruling

    roster, size = opened.ledger.state.roster, opened.ledger.size
    keys = [roster.known(line.name, line.key_id, size) for line in draft.lines]
    known = [key for key in keys if key is not None]
    if draft.statement.kind.name == "ruling":
        return require_ruling(opened, draft.statement, [key.name for key in known])
    if not roster.agree(known, size):
        raise Refused("authorise.short", signed=len({key.person for key in known if key.role == "authority"}), threshold=roster.threshold)
    return _follows(opened, draft) if draft.statement.kind.link else None


def _follows(opened: "Office", draft: "Draft") -> None:
    """A link that travelled for days still follows the last record of each box. Raises `Refused("sheet.stale")`."""
    from custody_cli.boxes.known import Known

    known, lines = Known(opened), draft.statement.body["boxes"]
    known.judge([line["box"] for line in lines])
    for line in lines:
        last = known.holding(line["box"])
        if line["prev"] != (last.sid if last is not None else None):
            raise Refused("sheet.stale", box=line["box"], kind=draft.statement.kind.name)

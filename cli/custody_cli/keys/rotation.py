"""A new ledger key for the same ledger: enrolled by the authorities, by itself, and by the old one where it still exists (ROLE-6)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody_cli.ground.app import App
from custody_cli.ground.desk import random
from custody_cli.keys.authorise import Table, agreed, asked_keys, require_authorities
from custody_cli.keys.ledgerkey import ledger_key
from custody_cli.keys.signing import chosen_passphrase, public_of, sign_all

if TYPE_CHECKING:
    from custody.assembly import Office, Submitted
    from custody.core.note import Line
    from custody.ledger.ports import Signer
    from custody.ledger.sheet import Draft


def rotate(app: App, office: "Office", table: Table, file: Path | None, old_file: Path | None, reason: str | None) -> "Submitted":
    """Make, enrol and use a new ledger key; with a `reason` the old ones are revoked under the same checkpoint.

    A key file left by a try that was cut short is used again, and what is in the ledger already is not enrolled twice.
    """
    from custody.assembly import Submitted, rotated

    fresh = _fresh(app, office, file)
    if office.ledger.state.roster.known(fresh.key.name, fresh.key.key_id, office.ledger.size) is None:
        agreed(app, app.say("cli.ledger.rotate.agree", key_id=fresh.key.key_id.hex()), table.yes)
        keys = table.keys or asked_keys(app)
        require_authorities(office, [public_of(path) for path in keys])
        drafts = _drafts(app, office, fresh, old_file, reason)
        lines = sign_all(app, [draft.statement.text for draft in drafts], keys, table.files)
        notes = [draft.signed(added).note() for draft, added in zip(drafts, lines, strict=True)]
        done = rotated(office, fresh, notes)
    else:
        done = Submitted(())
    _rename(office)
    return done


def _next(office: "Office") -> Path:
    return office.folder.key.with_name("ledger.next")


def _fresh(app: App, office: "Office", file: Path | None) -> "Signer":
    """The new key, open: in its file as it is, or under a passphrase, as the founding says."""
    from custody.assembly import file_key
    from custody.station.keyfile import new_key

    path, word = _next(office), None
    if office.founding.body["ledger_key_use"] == "unlocked":
        word = chosen_passphrase(app, app.say("cli.init.ledgerkey"), file)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new_key(path, "ledger", word, random=random)
    return file_key(path, office.origin, lambda: word or b"")


def _drafts(app: App, office: "Office", fresh: "Signer", old_file: Path | None, reason: str | None) -> "list[Draft]":
    from custody.core.roster import reference
    from custody.ledger.sheet import Draft

    nobody: dict[str, Any] = dict.fromkeys(("institution", "name", "number", "rank", "unit"))
    enrol = office.draft("enrol", **nobody, delegate=False, key=str(fresh.key), person=random(16).hex(), places=[], role="ledger")
    replaced = office.folder.key.exists() and reason != "lost"  # nor is one whose passphrase nobody knows any more asked for
    old = ledger_key(app, office, app.say("cli.ledger.rotate.old"), old_file) if replaced else None
    drafts = [Draft(enrol).signed([_line(one, enrol.text) for one in (fresh, old) if one is not None])]
    if reason is not None:
        size = office.ledger.size
        known = [key for key in office.ledger.state.roster.keys.values() if key.role == "ledger" and key.counts(size)]
        drafts += [Draft(office.draft("revoke", key=reference(key), reason=reason, since=None)) for key in known]
    return drafts


def _line(signer: "Signer", text: bytes) -> "Line":
    from custody.core.note import Line

    return Line(signer.key.name, signer.key.key_id, signer.sign(text))


def _rename(office: "Office") -> None:
    """The new key takes the place of the old one, which stays beside it under its number."""
    from custody.durable import sync_folder
    from custody.station.keyfile import public_path

    path, following = office.folder.key, _next(office)
    if path.exists():
        kept = path.with_name(f"ledger-{public_of(path).key_id.hex()}")
        path.replace(kept)
        public_path(path).replace(public_path(kept))
    public_path(following).replace(public_path(path))
    following.replace(path)
    sync_folder(path.parent)

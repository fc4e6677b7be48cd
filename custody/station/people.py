"""Invitations out, proofs back: how hundreds of people get keys that only they have ever held (chapter 09 says what enrol demands).

The office writes one invitation a person. The person makes a key on an own device or stick, is shown what the invitation says, and sends
back a proof: the text that is to be enrolled, signed by the new key. The office pairs proofs with invitations by their tokens.

Both files are lines of canonical JSON (docs/spec/01-json.md), one record a line, so that files of many people are simply put together
(the first is broken here for width):

    {"custody":"invitation/v1","fixed":{…},"institution":"kpu","key":"pps-1","ledger":"<64 hex>",
     "places":[…],"role":"pps","token":"<32 hex>"}
    {"custody":"proof/v1","key":"<verifier key>","ledger":"<64 hex>","note":"<base64 of a signed note with one line>","token":"<32 hex>"}

A token is a secret between office and person until it is used: whoever knows it can answer in that person's place. An invitation therefore
travels like a passphrase, and the office compares the key's id with the person before the authorities sign.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from custody.core import canonical, note
from custody.core.errors import BadSignature, KeyTrouble, Malformed
from custody.core.note import VerifierKey
from custody.core.schema import Shape, null_or, one_of, record, simple, text
from custody.core.shapes import CODE, HASH, KEY_NAME, NONCE, PLACES, ROLES, VERIFIER_KEY
from custody.station import openssh
from custody.station.access import Access
from custody.station.keyfile import load_key, new_key

MOST_LINE = 131_072

_INVITATION = record(
    {
        "custody": one_of("invitation/v1"),
        "fixed": simple("object", lambda value: type(value) is dict),
        "institution": null_or(CODE),
        "key": KEY_NAME,
        "ledger": HASH,
        "places": PLACES,
        "role": one_of(*ROLES),
        "token": NONCE,
    }
)
_PROOF = record({"custody": one_of("proof/v1"), "key": VERIFIER_KEY, "ledger": HASH, "note": text(MOST_LINE), "token": NONCE})


@dataclass(frozen=True)
class Invitation:
    """What the office asks one person to enrol: key name, role, places, and `fixed`, all else that the enrolment will say."""

    ledger: str
    token: str = field(repr=False)
    key: str
    role: str
    institution: str | None
    places: tuple[str, ...]
    fixed: dict[str, Any] = field(default_factory=dict, hash=False)

    def format(self) -> bytes:
        """One line. :raises Malformed: `people.field`, `json.…`."""
        body = {**vars(self), "custody": "invitation/v1", "places": list(self.places)}
        return _checked(body, _INVITATION)


@dataclass(frozen=True)
class Proof:
    """The answer: the new key, and the note (text and one line) by which it shows that somebody holds it."""

    ledger: str
    token: str = field(repr=False)
    key: VerifierKey
    note: bytes

    def format(self) -> bytes:
        """One line. :raises Malformed: `people.field`."""
        encoded = note.encode_base64(self.note).decode()
        return _checked({**vars(self), "custody": "proof/v1", "key": str(self.key), "note": encoded}, _PROOF)

    def text(self) -> bytes:
        """The text that the new key signed.

        :raises Malformed: `note.…`. :raises BadSignature: `people.signature` unless the one line is this key's and holds.
        """
        signed, lines = note.split(self.note)
        if len(lines) != 1 or (lines[0].name, lines[0].key_id) != (self.key.name, self.key.key_id):
            raise BadSignature("people.signature", key=self.key.name)
        try:
            self.key.verify(signed, lines[0].signature)
        except BadSignature:
            raise BadSignature("people.signature", key=self.key.name) from None
        return signed


@dataclass(frozen=True)
class Pairing:
    """What came back: the pairs to enrol, the invitations that wait, and the proofs that are not used, each with its finding code."""

    paired: tuple[tuple[Invitation, Proof], ...]
    waiting: tuple[Invitation, ...]
    doubtful: tuple[tuple[str, Proof], ...]


def read_invitations(data: bytes, file: str = "-") -> tuple[Invitation, ...]:
    """The invitations of a file, in its order. :param file: its name, for messages.

    :raises Malformed: with file and line: `people.line` for what is no record, `people.kind` for a proof, `people.field` with the field.
    """
    read = []
    for body in _records(data, _INVITATION, file):
        del body["line"]
        read.append(Invitation(**{**body, "places": tuple(body["places"])}))
    return tuple(read)


def read_proofs(data: bytes, file: str = "-") -> tuple[Proof, ...]:
    """The proofs of a file, in its order; signatures are judged by `pair`. :param file: its name, for messages.

    :raises Malformed: as `read_invitations`, and `people.key` for a key that nobody can use: malformed, or of small order.
    """
    read = []
    for body in _records(data, _PROOF, file):
        try:
            signed = note.decode_base64(body["note"].encode(), "note.base64")
        except Malformed:
            raise Malformed("people.field", file=file, line=body["line"], field="note") from None
        read.append(Proof(body["ledger"], body["token"], VerifierKey.parse(body["key"]), signed))
    return tuple(read)


def answer(
    invitation: Invitation,
    path: Path,
    passphrase: Callable[[], bytes],
    draft: Callable[[Invitation, VerifierKey], bytes],
    *,
    random: Callable[[int], bytes],
    rounds: int = openssh.ROUNDS,
    rights: Access | None = None,
) -> Proof:
    """Make the person's key at `path` and prove it. A key that is there already, from a try that was cut short, is used again.

    The passphrase is asked once. The key is read back from disk before it signs: a proof is never given for a key that cannot be opened.

    :param draft: gives the text to sign for this invitation and key.
    :raises KeyTrouble: as `new_key` and `load_key`; `key.other` when the key at `path` has another name than the invitation asks for.
    """
    word = passphrase()
    if not path.exists():
        new_key(path, invitation.key, word, random=random, rounds=rounds, rights=rights)
    opened = load_key(path, lambda: word, rights=rights)
    if opened.name != invitation.key:
        raise KeyTrouble("key.other", path=str(path), name=opened.name, wanted=invitation.key)
    signed = draft(invitation, opened.public)
    return Proof(invitation.ledger, invitation.token, opened.public, note.join(signed, [opened.line(signed)]))


def pair(invitations: Iterable[Invitation], proofs: Iterable[Proof]) -> Pairing:
    """Pair proofs with invitations by token; the same proof twice counts once.

    Doubtful, each with its code: `people.token` (no such invitation), `people.ledger`, `people.name`, `people.signature`,
    `people.twice` (one invitation answered with several keys) and `people.same-key` (several people, one key). None of those is paired.
    """
    asked = {invitation.token: invitation for invitation in invitations}
    judged = [(proof, _doubt(proof, asked.get(proof.token))) for proof in dict.fromkeys(proofs)]
    sound = [proof for proof, code in judged if code is None]
    answers = Counter(proof.token for proof in sound)
    holders = Counter(proof.key.public for proof in sound)
    paired, doubtful = [], []
    for proof, found in judged:
        code = found or ("people.twice" if answers[proof.token] > 1 else "people.same-key" if holders[proof.key.public] > 1 else None)
        if code is None:
            paired.append((asked[proof.token], proof))
        else:
            doubtful.append((code, proof))
    used = {invitation.token for invitation, _ in paired}
    return Pairing(tuple(paired), tuple(one for one in asked.values() if one.token not in used), tuple(doubtful))


def _doubt(proof: Proof, invitation: Invitation | None) -> str | None:
    if invitation is None:
        return "people.token"
    if proof.ledger != invitation.ledger:
        return "people.ledger"
    if proof.key.name != invitation.key:
        return "people.name"
    try:
        proof.text()
    except (BadSignature, Malformed):
        return "people.signature"
    return None


def _records(data: bytes, shape: Shape, file: str) -> Iterator[dict[str, Any]]:
    """The objects of a file of lines, without their mark; a last newline is not asked for, since sticks and mail lose it."""
    for number, line in enumerate(data.split(b"\n"), start=1):
        line = line.removesuffix(b"\r")
        if not line:
            continue
        if len(line) > MOST_LINE:
            raise Malformed("people.line", file=file, line=number)
        try:
            body = canonical.decode(line)
        except Malformed:
            raise Malformed("people.line", file=file, line=number) from None
        _check(body, shape, number, file)
        del body["custody"]
        yield body | {"line": number}


def _checked(body: dict[str, Any], shape: Shape) -> bytes:
    _check(body, shape, 1, "-")
    return canonical.encode(body) + b"\n"


def _check(body: dict[str, Any], shape: Shape, number: int, file: str) -> None:
    if shape.ok(body):
        return
    wanted, other = ("invitation", "proof") if shape is _INVITATION else ("proof", "invitation")
    if body.get("custody") == f"{other}/v1":
        raise Malformed("people.kind", file=file, line=number, found=other, wanted=wanted)
    place, _ = shape.find(body) or ("", "")
    if place == ".key" and wanted == "proof":
        raise Malformed("people.key", file=file, line=number, why=_unusable(body.get("key")))
    raise Malformed("people.field", file=file, line=number, field=place.lstrip(".") or "-")


def _unusable(key: object) -> str:
    """Why a public key cannot be used, as a code: of the form, or of the key itself."""
    try:
        VerifierKey.parse(str(key))
    except Malformed as error:
        return str(error.facts.get("why", "form"))
    return "form"

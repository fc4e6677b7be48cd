"""The trust file: which logs, which witnesses, how many of them (docs/spec/06-policy.md; C2SP tlog-policy)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from custody.core.checkpoint import Checkpoint, cosignature_times, open_note
from custody.core.errors import Malformed, Undecided, quoted
from custody.core.note import COSIGNATURE, ED25519, VerifierKey

MAX_BYTES = 131_072
MAX_EACH = 64  # logs, witnesses, groups; C2SP asks for 32 at least
NONE = "none"

_FORBIDDEN = re.compile(rb"[^\t\x20-\x7e\x80-\xff]")
_NUMBER = re.compile("[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class Group:
    """Witnesses or groups, of which `threshold` must have witnessed."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """Whose checkpoints are accepted, and which witnesses must have cosigned them.

    Names are opaque octets: bytes that are no UTF-8 are kept as surrogate escapes. `urls` holds those that were given.
    """

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE
    urls: Mapping[VerifierKey, str] = field(default_factory=dict)

    @property
    def requires_witnesses(self) -> bool:
        return self.quorum != NONE

    @classmethod
    def parse(cls, data: bytes) -> "Policy":
        """Read a policy file. :raises Malformed: `policy.…`, with the number of the line."""
        if len(data) > MAX_BYTES:
            raise Malformed("policy.size", size=len(data), limit=MAX_BYTES)
        rows = data.split(b"\n")
        if rows.pop():
            raise Malformed("policy.end", line=len(rows) + 1)
        draft = _Draft()
        for number, row in enumerate(rows, 1):
            _read(draft, number, row)
        if draft.quorum is None:
            raise Malformed("policy.quorum.missing")
        return cls(tuple(draft.logs), draft.witnesses, draft.groups, draft.quorum, draft.urls)

    def format(self) -> bytes:
        """The file of this policy; `parse` gives the same policy again. :raises Malformed: `policy.…` when no file could say this."""
        rows = [_row("log", str(key), self.urls.get(key)) for key in self.logs]
        rows += [_row("witness", name, str(key), self.urls.get(key)) for name, key in self.witnesses.items()]
        rows += [_row("group", name, _threshold(group), *group.members) for name, group in self.groups.items()]
        rows.append(_row("quorum", self.quorum))
        data = "".join(rows).encode("utf-8", "surrogateescape")
        if Policy.parse(data) != self:
            raise Malformed("policy.form")
        return data

    def checkpoint(self, note: bytes) -> Checkpoint:
        """The checkpoint in a note that one of the logs has signed; says nothing of witnesses.

        :raises Malformed: form. :raises BadSignature: `checkpoint.unsigned`, `note.signature`.
        :raises Undecided: `policy.logs` when the policy names no log.
        """
        if not self.logs:
            raise Undecided("policy.logs")
        return open_note(note, self.logs)

    def witnessed(self, note: bytes) -> int | None:
        """The earliest time (seconds since 1970 UTC) by which the quorum had cosigned this checkpoint.

        None when it has not, and when the quorum is `none`, which proves no time. Does not check the log's own signature.
        :raises Malformed: form. :raises BadSignature: `note.signature` when the line of a known witness fails.
        """
        if not self.requires_witnesses:
            return None
        return self._time(self.quorum, cosignature_times(note, self.witnesses.values()))

    def _time(self, name: str, times: Mapping[VerifierKey, int]) -> int | None:
        group = self.groups.get(name)
        if group is None:
            return times.get(self.witnesses[name])
        members = [self._time(member, times) for member in group.members]
        reached = sorted(time for time in members if time is not None)
        return reached[group.threshold - 1] if len(reached) >= group.threshold else None


@dataclass
class _Draft:
    """What has been read so far, and what may not come twice."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[str, VerifierKey] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    urls: dict[VerifierKey, str] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    quorum: str | None = None

    def defined(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups


def _read(draft: _Draft, number: int, row: bytes) -> None:
    if _FORBIDDEN.search(row):
        raise Malformed("policy.character", line=number)
    items = row.decode("utf-8", "surrogateescape").strip(" \t")
    if not items or items.startswith("#"):
        return
    word, *rest = re.split("[ \t]+", items)
    reader = _READERS.get(word)
    if reader is None:
        raise Malformed("policy.word", line=number, word=quoted(word))
    reader(draft, number, rest)


def _read_log(draft: _Draft, number: int, items: list[str]) -> None:
    _count(items, 1, 2, number)
    key = _key(items[0], ED25519, number)
    _once(key, draft.logs, number)
    draft.logs.append(key)
    _limit(len(draft.logs), number)
    if items[1:]:
        draft.urls[key] = items[1]


def _read_witness(draft: _Draft, number: int, items: list[str]) -> None:
    _count(items, 2, 3, number)
    name = _new_name(draft, items[0], number)
    key = _key(items[1], COSIGNATURE, number)
    _once(key, draft.witnesses.values(), number)
    draft.witnesses[name] = key
    _limit(len(draft.witnesses), number)
    if items[2:]:
        draft.urls[key] = items[2]


def _read_group(draft: _Draft, number: int, items: list[str]) -> None:
    _count(items, 3, 2 + 2 * MAX_EACH, number)
    name, wanted, *members = items
    _new_name(draft, name, number)
    for member in members:
        if not draft.defined(member):
            raise Malformed("policy.undefined", line=number, name=quoted(member))
        if member in draft.members:
            raise Malformed("policy.member", line=number, name=quoted(member))
        draft.members.add(member)
    draft.groups[name] = Group(_wanted(wanted, len(members), number), tuple(members))
    _limit(len(draft.groups), number)


def _read_quorum(draft: _Draft, number: int, items: list[str]) -> None:
    _count(items, 1, 1, number)
    if draft.quorum is not None:
        raise Malformed("policy.quorum.twice", line=number)
    if items[0] != NONE and not draft.defined(items[0]):
        raise Malformed("policy.undefined", line=number, name=quoted(items[0]))
    draft.quorum = items[0]


_READERS = {"log": _read_log, "witness": _read_witness, "group": _read_group, "quorum": _read_quorum}


def _count(items: list[str], least: int, most: int, number: int) -> None:
    if not least <= len(items) <= most:
        raise Malformed("policy.items", line=number, count=len(items))


def _limit(count: int, number: int) -> None:
    if count > MAX_EACH:
        raise Malformed("policy.limit", line=number, limit=MAX_EACH)


def _new_name(draft: _Draft, name: str, number: int) -> str:
    if name == NONE or draft.defined(name):
        raise Malformed("policy.name", line=number, name=quoted(name))
    return name


def _key(text: str, kind: int, number: int) -> VerifierKey:
    try:
        key = VerifierKey.parse(text)
    except Malformed as error:
        raise Malformed("policy.key", line=number, why=error.code) from None
    if key.kind != kind:
        raise Malformed("policy.key", line=number, why="key.use")
    return key


def _once(key: VerifierKey, known: Iterable[VerifierKey], number: int) -> None:
    """Two verifier keys are the same when they wrap one public key, whatever their names."""
    if any(key.public == other.public for other in known):
        raise Malformed("policy.twice", line=number, name=key.name)


def _wanted(text: str, count: int, number: int) -> int:
    threshold = {"any": 1, "all": count}.get(text) or (int(text) if _NUMBER.fullmatch(text) else 0)
    if not 1 <= threshold <= count:
        raise Malformed("policy.threshold", line=number, threshold=quoted(text), count=count)
    return threshold


def _threshold(group: Group) -> str:
    if group.threshold == len(group.members):
        return "all"
    return "any" if group.threshold == 1 else str(group.threshold)


def _row(*items: str | None) -> str:
    return " ".join(item for item in items if item is not None) + "\n"

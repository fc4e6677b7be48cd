#!/usr/bin/env python3
"""A second verifier of custody, written from docs/spec alone: one file, the standard library of Python 3.9 or later.

It reads a ledger (an export, chapter 25), a receipt (14), an excerpt (16), a reveal (25) or the evidence in a paper (13), and
answers in the words of chapter 10: consistent, altered, undecided. It judges integrity: was anything altered? It does not judge
procedure (was it done right?), and it draws no page. Sections follow the chapters of docs/spec; names in capitals (NOTE-7) are
the rules there. How to run it: README.md.
"""

# ruff: noqa: B905, RUF007, UP017, UP045 (these ask for a Python newer than 3.9)
from __future__ import annotations

import argparse
import base64
import functools
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple, Optional


class Refused(Exception):
    """What is read is not as the specification says; `code` names the rule that it breaks (PROTOCOL.md, "Codes")."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def require(holds: object, code: str) -> None:
    """Refuse with `code` unless it holds."""
    if not holds:
        raise Refused(code)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


# ---- 1. JSON: one form for one value ---------------------------------------------------------------------------------

MOST = 2**53 - 1
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
SURROGATE = re.compile("[\ud800-\udfff]")


def read_json(data: bytes) -> dict[str, Any]:
    """The object that `data` holds, if it is written in the one way there is (JSON-1 to JSON-10)."""
    require(not _too_deep(data), "json.depth")  # JSON-2, before any parser sees it
    try:
        value: dict[str, Any] = json.loads(
            data.decode("utf-8"), parse_int=_whole, parse_float=_fraction, parse_constant=_nonsense, object_pairs_hook=_object
        )
        require(_scalar(value), "json.syntax")
    except ValueError:
        raise Refused("json.syntax") from None
    require(isinstance(value, dict), "json.top")  # JSON-1
    _walk(value)
    require(write_json(value) == data, "json.form")  # JSON-7 to JSON-9
    return value


def write_json(value: object) -> bytes:
    """The one form of a value (JSON-7 to JSON-9)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def _whole(digits: str) -> float:
    return int(digits) if len(digits) <= 17 else _fraction(digits)  # longer ones are beyond JSON-4 in any case


def _fraction(digits: str) -> float:
    if abs(float(digits)) == float("inf"):
        raise ValueError(digits)  # no reader of JSON has a number for it
    return float(digits)


def _nonsense(word: str) -> None:
    raise ValueError(word)  # NaN and Infinity are no JSON


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a key that stands twice the last value; JSON-5 holds for the others too."""
    require(len(dict(pairs)) == len(pairs) or all(_scalar(value) for _, value in pairs), "json.syntax")
    return dict(pairs)


def _scalar(value: object) -> bool:
    """JSON-5: no lone surrogate anywhere. (Python's own reader lets `\\ud800` pass.)"""
    if isinstance(value, dict):
        return all(not SURROGATE.search(key) and _scalar(inner) for key, inner in value.items())
    if isinstance(value, list):
        return all(map(_scalar, value))
    return not (isinstance(value, str) and SURROGATE.search(value))


def _too_deep(data: bytes) -> bool:
    """JSON-2: brackets open at once, none counted inside a string."""
    depth = 0
    for found in re.finditer(rb'"(?:[^"\\]|\\.)*"?|[\[{]|[]}]', data, re.DOTALL):
        depth += 1 if found[0] in (b"[", b"{") else -1 if found[0] in (b"]", b"}") else 0
        if depth > 8:
            return True
    return False


def _walk(value: object) -> None:
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else ():
            require(key.isascii() and not CONTROL.search(key), "json.key")  # JSON-3
            _walk(value[key])
        for inner in value if isinstance(value, list) else ():
            _walk(inner)
    elif isinstance(value, str):
        require(not CONTROL.search(value), "json.control")  # JSON-6
    elif value is not None and not isinstance(value, bool):
        require(isinstance(value, int) and -MOST <= value <= MOST, "json.number")  # JSON-4


# ---- 2. Signed notes: what a valid signature is (NOTE-15 to NOTE-20), after RFC 8032 -----------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z
ZERO: Point = (0, 1, 1, 0)


def add(p: Point, q: Point) -> Point:
    """The sum of two points of the curve (RFC 8032, 5.1.4)."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def encode(p: Point) -> bytes:
    """The 32 bytes of a point (RFC 8032, 5.1.2)."""
    inverse = pow(p[2], -1, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data: bytes) -> Point | None:
    """The point that 32 bytes encode, or None: y below p (also in its bit for the sign), on the curve, not of small order."""
    sign, y = data[31] >> 7, int.from_bytes(data, "little") & (2**255 - 1)
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (v * x * x - u) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    point = (x, y, 1, x * y % P)
    return None if small_order(point) else point


def small_order(p: Point) -> bool:
    """Whether eight times the point is zero. Eight points are like this, in 14 encodings; `decode` refuses all 14."""
    for _ in range(3):
        p = add(p, p)
    return p[0] % P == 0 and (p[1] - p[2]) % P == 0


@functools.lru_cache(maxsize=256)
def windows(key: bytes) -> list[list[Point]] | None:
    """For each of 64 hex digits i, the points 0 to 15 times 16^i A. Once made for a key, a product costs 64 additions."""
    point, table = decode(key), []
    if point is None:
        return None
    for _ in range(64):
        row = [ZERO]
        for _ in range(15):
            row.append(add(row[-1], point))
        table.append(row)
        point = add(row[-1], point)
    return table


def multiply(scalar: int, table: list[list[Point]]) -> Point:
    """A number below 16^64 times the point whose `windows` these are."""
    total = ZERO
    for row in table:
        total = add(total, row[scalar & 15])
        scalar >>= 4
    return total


BASE = bytes([0x58]) + bytes([0x66]) * 31


@functools.lru_cache(maxsize=65536)
def valid(key: bytes, text: bytes, signature: bytes) -> bool:
    """Whether `signature` is one of `text` by `key`: no cofactor, compared byte for byte."""
    table, base = windows(key) if len(key) == 32 else None, windows(BASE)
    if len(signature) != 64 or table is None or base is None:  # NOTE-15, NOTE-17
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if s >= L:  # NOTE-16
        return False
    k = int.from_bytes(hashlib.sha512(r + key + text).digest(), "little") % L
    x, y, z, t = multiply(k, table)
    return encode(add(multiply(s, base), (-x % P, y, z, -t % P))) == r and decode(r) is not None  # NOTE-18 to NOTE-20


# ---- 2. Signed notes: the envelope -----------------------------------------------------------------------------------

ED25519, COSIGNATURE = 1, 4


class Key(NamedTuple):
    """A verifier key: `<name>+<id>+<base64 of kind and public key>`."""

    name: str
    key_id: str
    kind: int
    public: bytes

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"


class Line(NamedTuple):
    name: str
    key_id: str
    signature: bytes


class Note(NamedTuple):
    text: bytes
    lines: list[Line]


def read_base64(text: str, code: str) -> bytes:
    """NOTE-7: with padding, in its only form."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused(code) from None
    require(base64.b64encode(data).decode() == text, code)
    return data


def is_name(name: str) -> bool:
    """NOTE-8."""
    return bool(name) and not re.search(r"[\s+\x00-\x1f\x7f-\x9f]", name)


def make_key(name: str, kind: int, public: bytes) -> Key:
    """The key with the id that follows from it (NOTE-9)."""
    return Key(name, sha256(name.encode() + b"\n" + bytes([kind]) + public)[:4].hex(), kind, public)


def read_key(text: str) -> Key:
    """NOTE-8 to NOTE-11."""
    name, _, rest = text.partition("+")
    key_id, _, body = rest.partition("+")
    require(re.fullmatch("[0-9a-f]{8}", key_id), "key.form")
    data = read_base64(body, "key.form")
    require(len(data) == 33, "key.form")
    require(is_name(name), "key.name")  # NOTE-8
    require(data[0] in (ED25519, COSIGNATURE), "key.kind")  # NOTE-10
    require(decode(data[1:]), "ed25519.public")  # NOTE-11
    require(make_key(name, data[0], data[1:]).key_id == key_id, "key.id")  # NOTE-9
    return Key(name, key_id, data[0], data[1:])


def read_note(data: bytes) -> Note:
    """NOTE-1 to NOTE-8; no signature is checked."""
    require(len(data) <= 65535, "note.size")  # NOTE-5
    require(not re.search(rb"[\x00-\x09\x0b-\x1f]", data), "note.control")  # NOTE-3
    require(_utf8(data), "note.utf8")  # NOTE-2
    at = data.rfind(b"\n\n")
    require(at >= 0, "note.separator")  # NOTE-1
    require(data.endswith(b"\n"), "note.end")
    lines = data[at + 2 :].decode().split("\n")[:-1]
    require(1 <= len(lines) <= 16, "note.lines")  # NOTE-4
    return Note(data[: at + 1], [_read_line(line) for line in lines])


def _utf8(data: bytes) -> bool:
    try:
        return bool(data.decode("utf-8")) or not data
    except UnicodeDecodeError:
        return False


def _read_line(text: str) -> Line:
    require(text.startswith("\u2014 "), "note.line")  # NOTE-6
    name, _, body = text[2:].partition(" ")
    data = read_base64(body, "note.base64")
    require(len(data) >= 5, "note.line")
    require(is_name(name), "key.name")
    return Line(name, data[:4].hex(), data[4:])


def read_statement_note(data: bytes) -> Note:
    """A note as statements have it: NOTE-12 to NOTE-14."""
    note = read_note(data)
    last = (b"", "")
    for line in note.lines:
        here = (line.name.encode(), line.key_id)
        require(here >= last, "note.order")
        require(here != last, "note.twice")
        require(len(line.signature) == 64, "note.length")
        last = here
    return note


# ---- 3. The tree (RFC 6962; proofs as RFC 9162 checks them) ----------------------------------------------------------


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry)  # TREE-1


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)  # TREE-2


def half(size: int) -> int:
    """The largest power of two below `size`, which is 2 or more (TREE-4)."""
    return 1 << (size - 1).bit_length() - 1


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"")  # TREE-3
    at = half(len(leaves))
    return node_hash(tree_root(leaves[:at]), tree_root(leaves[at:]))


def check_inclusion(index: int, size: int, leaf: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """TREE-5 to TREE-7, by the steps of RFC 9162, 2.1.3.2."""
    code = "merkle.inclusion"
    require(0 <= index < size and all(len(h) == 32 for h in (leaf, root, *proof)), code)
    fn, sn, at = index, size - 1, leaf
    for step in proof:
        require(sn, code)
        if fn & 1 or fn == sn:
            at = node_hash(step, at)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            at = node_hash(at, step)
        fn, sn = fn >> 1, sn >> 1
    require(sn == 0 and at == root, code)


def check_consistency(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> None:
    """TREE-8 to TREE-11, by the steps of RFC 9162, 2.1.4.2."""
    code = "merkle.consistency"
    require(0 <= size1 <= size2 and all(len(h) == 32 for h in (root1, root2, *proof)), code)
    if size1 in (0, size2):
        require(not proof and root1 == (root2 if size1 == size2 else sha256(b"")), code)  # TREE-9, TREE-10
        require(size2 or root2 == sha256(b""), code)
        return
    steps = list(proof) if size1 & (size1 - 1) else [root1, *proof]
    require(steps, code)
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = steps[0]
    for step in steps[1:]:
        require(sn, code)
        if fn & 1 or fn == sn:
            old, new = node_hash(step, old), node_hash(step, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node_hash(new, step)
        fn, sn = fn >> 1, sn >> 1
    require(sn == 0 and old == root1 and new == root2, code)


# ---- 4. Checkpoints and cosignatures ---------------------------------------------------------------------------------


class Head(NamedTuple):
    origin: str
    size: int
    root: bytes


def read_number(text: str, code: str) -> int:
    """CHECKPOINT-3: ASCII digits without leading zero, at most 2^53 - 1."""
    require(re.fullmatch("0|[1-9][0-9]{0,15}", text) and int(text) <= MOST, code)
    return int(text)


def read_head(text: bytes) -> Head:
    """CHECKPOINT-1 to CHECKPOINT-5."""
    lines = text.decode("utf-8", "replace").split("\n")
    require(len(lines) == 4 and not lines[3], "checkpoint.lines")  # CHECKPOINT-1
    require(_utf8(text.split(b"\n")[0]), "checkpoint.origin")
    size = read_number(lines[1], "checkpoint.size")
    root = read_base64(lines[2], "checkpoint.root")
    require(is_name(lines[0]), "checkpoint.origin")  # CHECKPOINT-2
    require(len(root) == 32 and (size or root == sha256(b"")), "checkpoint.root")  # CHECKPOINT-4, CHECKPOINT-5
    return Head(lines[0], size, root)


def head_text(head: Head) -> bytes:
    """The text that a ledger signs for a head (CHECKPOINT-1)."""
    return f"{head.origin}\n{head.size}\n{base64.b64encode(head.root).decode()}\n".encode()


def open_checkpoint(data: bytes, logs: Iterable[Key]) -> Head:
    """The head that `data` holds, signed by one of `logs` under its own origin."""
    note = read_note(data)
    head = read_head(note.text)
    own = [key for key in logs if key.kind == ED25519 and key.name == head.origin]
    signed = [_holds_under(own, line, note.text, line.signature) for line in note.lines]
    require(any(signed), "checkpoint.unsigned")  # CHECKPOINT-6
    return head


def cosigned(data: bytes, witnesses: Iterable[Key]) -> dict[Key, int]:
    """CHECKPOINT-9 to CHECKPOINT-11: when each of `witnesses` cosigned, the earlier of two times."""
    note, times = read_note(data), {}  # type: Note, dict[Key, int]
    read_head(note.text)
    known = [key for key in witnesses if key.kind == COSIGNATURE]  # CHECKPOINT-11
    for line in note.lines:
        time = int.from_bytes(line.signature[:8], "big")
        key = _holds_under(known, line, f"cosignature/v1\ntime {time}\n".encode() + note.text, line.signature[8:])
        if key:
            require(0 < time < 2**63, "cosignature.time")  # CHECKPOINT-10
            times[key] = min(time, times.get(key, time))
    return times


def _holds_under(keys: Iterable[Key], line: Line, text: bytes, signature: bytes) -> Key | None:
    """The key whose name and id a line bears and under which it holds; None where no key has them (CHECKPOINT-7, CHECKPOINT-8)."""
    named = [key for key in keys if (key.name, key.key_id) == (line.name, line.key_id)]
    holding = [key for key in named if valid(key.public, text, signature)]
    require(holding or not named, "note.signature")
    return holding[0] if holding else None


# ---- 5. Proofs -------------------------------------------------------------------------------------------------------


class Proof(NamedTuple):
    entry: int
    hashes: list[bytes]
    checkpoint: bytes
    extra: bytes | None


def read_proof(data: bytes) -> Proof:
    """PROOF-1 to PROOF-6."""
    require(len(data) <= 262144, "proof.size")  # PROOF-6
    top, empty, checkpoint = data.partition(b"\n\n")
    lines = top.decode("utf-8", "replace").split("\n")
    require(lines.pop(0) == "c2sp.org/tlog-proof@v1", "proof.header")  # PROOF-1
    require(empty, "proof.separator")  # PROOF-5
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = read_base64(lines.pop(0)[6:], "proof.extra")
        require(extra, "proof.extra")  # PROOF-2
    require(lines and lines[0].startswith("index "), "proof.index")
    index = read_number(lines.pop(0)[6:], "proof.index")  # PROOF-3
    require(len(lines) <= 63, "proof.hashes")  # PROOF-4
    read_head(read_note(checkpoint).text)
    hashes = [read_base64(line, "proof.hash") for line in lines]
    require(all(len(one) == 32 for one in hashes), "proof.hash")
    return Proof(index, hashes, checkpoint, extra)


def judge_proof(proof: Proof, leaf: bytes, policy: Policy) -> Head:
    """The judgment of chapter 5, steps 2 to 4."""
    require(policy.logs, "policy.logs")  # PROOF-7
    head = open_checkpoint(proof.checkpoint, policy.logs)
    check_inclusion(proof.entry, head.size, leaf, head.root, proof.hashes)  # PROOF-8
    require(policy.witnessed(proof.checkpoint)[0], "proof.unwitnessed")  # PROOF-9
    return head


# ---- 6. The trust file -----------------------------------------------------------------------------------------------


class Policy(NamedTuple):
    logs: list[Key]
    witnesses: dict[str, Key]
    groups: dict[str, tuple[int, list[str]]]
    quorum: str

    def witnessed(self, checkpoint: bytes) -> tuple[bool, int | None]:
        """Whether the quorum has cosigned, and by when (POLICY-13); `none` looks at no line and proves no time (POLICY-14)."""
        if self.quorum == "none":
            return True, None
        at = self._time(self.quorum, cosigned(checkpoint, self.witnesses.values()))
        return at is not None, at

    def _time(self, name: str, times: dict[Key, int]) -> int | None:
        if name in self.witnesses:
            return times.get(self.witnesses[name])
        most, members = self.groups[name]
        known = sorted(at for at in (self._time(member, times) for member in members) if at is not None)
        return known[most - 1] if len(known) >= most else None


NOBODY = Policy([], {}, {}, "none")


def read_policy(data: bytes) -> Policy:
    """POLICY-1 to POLICY-12. Octets become the letters with these numbers, so names are compared octet by octet."""
    require(len(data) <= 131072, "policy.size")
    require(not data or data.endswith(b"\n"), "policy.end")  # POLICY-2
    policy, quorum = Policy([], {}, {}, ""), ""
    members: set[str] = set()
    for line in data.decode("latin-1").split("\n"):
        require(not re.search("[^\t\x20-\x7e\x80-\xff]", line), "policy.character")  # POLICY-1
        items = [item for item in re.split("[ \t]+", line) if item]
        if not items or items[0].startswith("#"):
            continue
        word, names = items[0], [*policy.witnesses, *policy.groups]
        require(word in ("log", "witness", "group", "quorum"), "policy.word")  # POLICY-3
        most = {"log": (2, 3), "witness": (3, 4), "group": (4, 99999), "quorum": (2, 2)}[word]
        require(most[0] <= len(items) <= most[1], "policy.items")
        if word in ("witness", "group"):
            require(items[1] not in (*names, "none"), "policy.name")  # POLICY-7
        if word == "log":
            policy.logs.append(_trusted(items[1], ED25519, policy.logs))  # POLICY-4
        elif word == "witness":
            policy.witnesses[items[1]] = _trusted(items[2], COSIGNATURE, policy.witnesses.values())  # POLICY-5
        elif word == "group":
            for member in items[3:]:
                require(member in names, "policy.undefined")  # POLICY-8
                require(member not in members, "policy.member")  # POLICY-9
                members.add(member)
            policy.groups[items[1]] = (_threshold(items[2], len(items) - 3), items[3:])
        else:
            require(not quorum, "policy.quorum.twice")  # POLICY-11
            require(items[1] in (*names, "none"), "policy.undefined")
            quorum = items[1]
        require(max(map(len, policy[:3])) <= 64, "policy.limit")  # POLICY-12
    require(quorum, "policy.quorum.missing")
    return policy._replace(quorum=quorum)


def _trusted(text: str, kind: int, others: Iterable[Key]) -> Key:
    try:
        key = read_key(text.encode("latin-1").decode("utf-8"))
    except (Refused, UnicodeDecodeError):
        raise Refused("policy.key") from None
    require(key.kind == kind, "policy.key")
    require(key.public not in [other.public for other in others], "policy.twice")  # POLICY-6
    return key


def _threshold(text: str, members: int) -> int:
    """POLICY-10."""
    most = {"any": 1, "all": members}.get(text) or int(text if re.fullmatch("[1-9][0-9]{0,4}", text) else 0)
    require(1 <= most <= members, "policy.threshold")
    return most


# ---- 7 and 8. Statements and their kinds -----------------------------------------------------------------------------

# The tables of chapter 8, in its own words. <…> stands for a shape named below; … at the end for what people add to an act.
KINDS = """
founding = authorities: sorted list of 1 to 15 {institution: code word, key: verifier key of a person, person: 32 hex digits, name: <c>,
  number: <c>, rank: <c>, unit: <c>}; delegates: <yes>; domain: key name; drill: <yes>; guard_receives: <yes>; ledger_key: <hash>;
  ledger_key_use: file|unlocked; operation: text of up to 80; procedure: null or <hash>; profile: {code: election code, name: text of up
  to 80, openings: sorted list of 0 to 7 {basis: <basis>, invited: sorted list of 0 to 11 <role>, order: <yes>, present: sorted list of 0
  to 11 <role>}, patterns: sorted list of 0 to 3 {linmas: 0 to 99, police: 0 to 99, tps: 1 to 99, vulnerability: low|medium|high}, phases:
  sorted list of 0 to 6 {phase: <phase>, points: <points>}, plenary: <yes>, points: <points>, recap: 0 to 99, retention: null or 1 to
  36500, types: sorted list of 1 to 16 {code: box type, colour: code word, name: text of up to 80}}; skew: 0 to 86400; supervisors: 1 to
  15; threshold: 1 to 15; zone: Asia/Jakarta|Asia/Jayapura|Asia/Makassar|Asia/Pontianak
enrol = name: <c>; number: <c>; rank: <c>; unit: <c>; delegate: <yes>; institution: null or code word; key: verifier key; person: 32 hex
  digits; places: sorted list of 0 to 64 place code; role: <role>
revoke = key: key name, or origin+key id; reason: lost|stolen|compromised|left|rotated|mistake|other; since: null or <moment>
places = legs: sorted list of 0 to 64 {escorts: 0 to 99, from: <level>, least: null or 1 to 100000, limit: null or 1 to 100000, to:
  <level>}; places: sorted list of 0 to 400 {code: place code, kind: <level>, name: text of up to 80, parent: null or place code, remote:
  <yes>, vulnerability: null or low|medium|high}
register = boxes: sorted list of 1 to 300 {box: box id, codes: sorted list of 0 to 8 text of up to 64, place: place code, replaces: null
  or box id, round: 1 to 99, type: box type}; reason: first|recap|psu|psl|pss|pssu-mk|replacement|correction
label = labels: sorted list of 1 to 400 {box: null or box id, code: <hash>, copy: 1 to 999}; reason:
  first|spare|reprint|torn|unreadable|lost|wrong-box|copied|other
seal = boxes: sorted list of 1 to 250 <box>; phase: <phase>; place: place code; sealer: key name; witness: key name; ...
handoff = boxes: sorted list of 0 to 250 <box>; carrier: null or foot|motorcycle|car|truck|bus|boat|ship|aircraft|animal|other;
  conditions: sorted list of 0 to 32 code word; consignment: null or {id: 32 hex digits, part: 1 to 999, parts: 1 to 999, rest: null or
  later|weather|no-room|not-ready|damaged|missing|other, trip: 1 to 999}; due: null or <moment>; escort: {count: 0 to 999, keys: sorted
  list of 0 to 32 key name, order: null or order number, present: <yes>}; from: place code; giver: null or key name; place: place code;
  receiver: key name; recorder: null or key name; things: <things>; through: null or key name; to: place code; unsigned: null or {deed:
  null or <hash>, name: <c>, reason: no-key|lost-key|forgot-passphrase|refused|left|found|other}; vehicle: null or number; withdraws:
  sorted list of 0 to 64 <hash>; ...
ack = about: sorted list of 1 to 1 <hash>; boxes: sorted list of 1 to 250 <look>; place: place code; side: giver|receiver; ...
opening = basis: <basis>; boxes: sorted list of 1 to 250 <box>; closed: null or <moment>; invited: <people>; officer: key name; order:
  null or order number; place: place code; present: <people>; put_back: <things>; taken_out: <things>; ...
inspection = boxes: sorted list of 0 to 250 <look>; counted: null or 0 to 99999; defects: sorted list of 0 to 32 code word; door: null or
  sealed|locked|closed|open|damaged; extra: sorted list of 0 to 250 box id; lock: null or intact|changed|broken|none; missing: sorted list
  of 0 to 250 box id; officer: key name; place: place code; ...
shift = counted: 0 to 99999; door: sealed|locked|closed|open|damaged; door_seal: null or number; equipment: <things>; incidents: sorted
  list of 0 to 64 <hash>; incoming: key name; lock: intact|changed|broken|none; outgoing: null or key name; place: place code; team: 0 to
  99; visitors: 0 to 9999; ...
visit = leave: null or key name; left: null or <moment>; officer: key name; persons: list of 1 to 32 {institution: null or code word, key:
  null or key name, name: <c>, role: null or <role>}; place: place code; why: deliver|fetch|inspect|repair|clean|verify|media|rest|other;
  ...
manifest = boxes: sorted list of 0 to 250 box id; due: null or <moment>; from: place code; id: 32 hex digits; officer: key name; order:
  null or order number; part: 1 to 999; parts: 1 to 999; things: <things>; to: place code; vehicles: 0 to 999; ...
plenary = officer: key name; panels: 0 to 99; place: place code; step: begun|paused|resumed|finished|moved; venue: null or place code;
  witness: null or key name; ...
incident = about: sorted list of 0 to 64 <hash>; boxes: sorted list of 0 to 250 box id; code:
  seal|missing|found|extra|wrong-place|swapped|damaged|wet|burnt|sunk|stolen|accident|delay|opened|intrusion|threat|
  lost-contact|label|not-ready|contents|keys-lost|defect|power|replaced|crew-change|other;
  due: null or <moment>; owner: null or key name; place: place code; settles: sorted list of 0 to 64 <hash>; ...
correction = about: sorted list of 1 to 1 <hash>; boxes: sorted list of 0 to 250 box id; effect: remark|void; instead: null or <hash>;
  note: <c>; reason: wrong-box|wrong-person|wrong-place|wrong-seal|did-not-happen|double|other
ruling = boxes: sorted list of 1 to 250 {box: box id, falls: sorted list of 0 to 32 <hash>, prev: null or <hash>, stands: null or <hash>};
  note: <c>; order: null or order number; supersedes: sorted list of 0 to 64 <hash>
report = drawing: code word; facts: <hash>; scope: {code: text of up to 64, kind:
  box|tps|desa|kecamatan|warehouse|operation|consignment|incident|officer|shift|deed}; size: 0 to 9007199254740991; upto: 0 to
  9007199254740991
closing = boxes: sorted list of 1 to 250 <box>; end: archived|disposed|destroyed|court|lost|replaced; permit: order number; place: place
  code; ...
"""
NAMED = {
    "<box>": "{box: box id, by: <by>, seals: <seals>, prev: null or <hash>}",
    "<look>": "{box: box id, by: <by>, seals: <seals>}",
    "<by>": "{how: scanned|typed|sight|other-code, label: null or <hash>}",
    "<seals>": "sorted list of 0 to 32 {number: null or number, point: seal point, state: intact|loose|torn|missing|replaced}",
    "<photos>": "sorted list of 0 to 32 {box: null or box id, point: null or seal point, sha256: <hash>}",
    "<irregular>": "sorted list of 0 to 16 {finding: code word, reason: code word}",
    "<things>": "sorted list of 0 to 32 {count: 0 to 99999, thing: code word}",
    "<people>": "list of 0 to 32 {institution: null or code word, key: null or key name, name: <c>, role: <role>}",
    "<points>": "sorted list of 0 to 32 seal point",
    "<role>": "authority|supervisor|kpps|pps|ppk|keeper|guard|escort|leader|witness|ledger",
    "<level>": "kabupaten|kecamatan|desa|tps|store|warehouse|office|vehicle|court",
    "<phase>": "packed|voted|plenary|transit|court|stored",
    "<basis>": "plenary|court-order|kpu-order|recount|inspection|emergency|none",
    "<seen>": "null or {root: <hash>, sig: 128 hex digits, size: 1 to 9007199254740991}",
    "<c>": "null or {c: <hash>}",
    "<hash>": "64 hex digits",
    "<moment>": "YYYY-MM-DDTHH:MM:SSZ",
    "<yes>": "true|false",
}
ALL = "at: <moment>; happened: {at: <moment>, basis: now|paper|memory}; seen: <seen>"
ACT = "irregular: <irregular>; note: <c>; photos: <photos>"
PATTERNS = {
    "key name": "[a-z0-9-]{1,32}",
    "key name, or origin+key id": r"[a-z0-9-]{1,32}|custody\.[a-z0-9-]{1,32}/[0-9a-f]{32}\+[0-9a-f]{8}",
    "place code": "[A-Z0-9][A-Z0-9-]{0,31}",
    "code word": "[a-z][a-z0-9.-]{0,39}",
    "seal point": "[a-z][a-z0-9-]{0,15}",
    "number": "[A-Z0-9][A-Z0-9./-]{0,31}",
    "order number": "[A-Za-z0-9][A-Za-z0-9./ -]{0,63}",
    "box type": "[A-Z]{2,8}",
    "election code": "[A-Z]{2,4}[0-9]{2}",
    "box id": "[A-Z]{2,4}[0-9]{2}-([0-9]{10}-[0-9]{3}|[0-9]{6}0000-PPK)-[A-Z]{2,8}-[1-9][0-9]?",  # BOX-1, BOX-2
}
ORIGIN = r"custody\.[a-z0-9-]{1,32}/[0-9a-f]{32}"
# KIND-10: by which of their fields lists of objects are sorted (STMT-6).
SORTED_BY = {
    **{"authorities": "key", "openings": "basis", "patterns": "vulnerability", "phases": "phase", "types": "code", "legs": "from to"},
    **{"places": "code", "boxes": "box", "labels": "code", "irregular": "finding reason", "photos": "sha256", "seals": "point"},
}
Shape = Callable[[Any], bool]


def full(shape: str) -> str:
    """A shape in the words of chapter 8, with all <…> written out."""
    for name, meaning in NAMED.items():
        shape = shape.replace(name, meaning)
    return shape


def fields_of(text: str) -> dict[str, str]:
    """The fields of a kind and the shape of each."""
    return dict(field.split(": ", 1) for field in text.split("; "))


@functools.cache
def shape_of(text: str, name: str = "") -> Shape:
    """What tells whether a value has the shape; `name` is the field, by which a list of objects knows its order."""
    listed = re.fullmatch(r"(sorted )?list of (\d+) to (\d+) (.*)", text)
    hexed, range_ = re.fullmatch(r"(\d+) hex digits", text), re.fullmatch(r"(\d+) to (\d+)", text)
    if text.startswith("null or "):
        inner = shape_of(text[8:], name)
        return lambda v: v is None or inner(v)
    if listed:
        least, most, item = int(listed[2]), int(listed[3]), shape_of(listed[4])
        by = SORTED_BY.get(name, "thing").split() if listed[4].startswith("{") else []
        ordered = _ordered(by) if listed[1] else (lambda v: True)
        return lambda v: isinstance(v, list) and least <= len(v) <= most and all(map(item, v)) and ordered(v)
    if text.startswith("{"):
        inside = {key: shape_of(shape, key) for key, shape in _inside(text[1:-1])}
        return lambda v: isinstance(v, dict) and v.keys() == inside.keys() and all(inside[key](v[key]) for key in v)
    if hexed:
        return _matching(f"[0-9a-f]{{{hexed[1]}}}")
    if range_:
        least, most = int(range_[1]), int(range_[2])
        return lambda v: type(v) is int and least <= v <= most
    if text.startswith("text of up to "):
        letters = int(text[14:])
        return lambda v: isinstance(v, str) and 1 <= len(v) <= letters and v == v.strip()
    if text.startswith("verifier key"):
        return functools.partial(_is_key, "[a-z0-9-]{1,32}" if text.endswith("person") else f"[a-z0-9-]{{1,32}}|{ORIGIN}")
    if text == "true|false":
        return lambda v: isinstance(v, bool)
    if text == NAMED["<moment>"]:
        return lambda v: isinstance(v, str) and moment(v) is not None
    return _matching(PATTERNS[text] if text in PATTERNS else "|".join(map(re.escape, text.split("|"))))


def _matching(pattern: str) -> Shape:
    compiled = re.compile(pattern)
    return lambda v: isinstance(v, str) and compiled.fullmatch(v) is not None


def _ordered(by: list[str]) -> Shape:
    def ascending(values: list[Any]) -> bool:
        keys = [tuple(value[field] for field in by) if by else value for value in values]
        return all(one < other for one, other in zip(keys, keys[1:]))  # code points sort as their UTF-8 does

    return ascending


def _inside(text: str) -> list[tuple[str, str]]:
    """The fields of `{a: shape, b: shape}`, split at commas that lie in no inner braces."""
    parts, depth = [""], 0
    for piece in re.split("(, |[{}])", text):
        depth += {"{": 1, "}": -1}.get(piece, 0)
        if piece == ", " and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return [tuple(part.split(": ", 1)) for part in parts]  # type: ignore[misc]


def _is_key(name: str, value: object) -> bool:
    """KIND-5."""
    try:
        key = read_key(value) if isinstance(value, str) else None
    except Refused:
        return False
    return key is not None and key.kind == ED25519 and re.fullmatch(name, key.name) is not None


def moment(text: str) -> int | None:
    """STMT-4: seconds since 1970, or None."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", text):
        return None
    try:
        return int(datetime(*map(int, re.findall("[0-9]+", text)), tzinfo=timezone.utc).timestamp())  # type: ignore[misc,arg-type]
    except ValueError:
        return None


def _tables() -> dict[str, dict[str, str]]:
    tables = {}
    for line in re.sub(r"\|\n +", "|", KINDS.strip()).replace("\n  ", " ").split("\n"):
        kind, fields = line.split(" = ")
        own = ALL if kind == "founding" else f"ledger: <hash>; {ALL}"
        tables[kind] = {name: full(shape) for name, shape in fields_of(f"{own}; {fields.replace('...', ACT)}").items()}
    return tables


TABLES = _tables()
# KIND-2 to KIND-4 and KIND-6 to KIND-9: what the shapes alone do not say.
BESIDES: dict[str, Shape] = {
    "handoff": lambda b: b["place"] in (b["from"], b["to"]) and bool(b["boxes"] or b["things"]) and _parts(b["consignment"]),
    "manifest": lambda b: _parts(b),
    "places": lambda b: all(leg["least"] is None or leg["limit"] is None or leg["least"] <= leg["limit"] for leg in b["legs"]),
    "correction": lambda b: b["effect"] == "remark" or bool(b["boxes"]),
    "ruling": lambda b: all((x["stands"] or x["falls"]) and x["stands"] not in x["falls"] for x in b["boxes"]),
}


def _parts(value: dict[str, Any] | None) -> bool:
    return value is None or value["part"] <= value["parts"]  # KIND-3


def _named(line: Any) -> bool:
    by = line.get("by") if isinstance(line, dict) else None
    return by is None or (by["label"] is not None) == (by["how"] in ("scanned", "typed"))  # KIND-2


class Statement(NamedTuple):
    kind: str
    body: dict[str, Any]
    sid: str


def read_statement(text: bytes) -> Statement:
    """STMT-1 to STMT-6, KIND-1 to KIND-10."""
    kind = re.match(rb"custody/([a-z]+)/v1\n", text)
    require(kind and kind[1].decode() in TABLES, "statement.kind")  # STMT-2
    name, line = (kind[1].decode(), text[kind.end() : -1]) if kind else ("", b"")
    require(text.endswith(b"\n") and b"\n" not in line, "statement.text")  # STMT-1
    body = read_json(line)
    require(body.keys() == TABLES[name].keys(), "statement.field")  # STMT-5
    require(all(shape_of(shape, field)(body[field]) for field, shape in TABLES[name].items()), "statement.field")
    require(BESIDES.get(name, lambda b: True)(body) and all(map(_named, body.get("boxes", []))), "statement.field")
    return Statement(name, body, sha256(text).hex())  # STMT-3


def read_entry(data: bytes) -> tuple[Note, Statement]:
    """A note and the statement that it holds; no signature is checked."""
    note = read_statement_note(data)
    return note, read_statement(note.text)


def commitment(field: str, salt: str, value: object) -> str:
    """PRIV-1."""
    require(re.fullmatch("[0-9a-f]{32}", salt), "private.salt")  # PRIV-2
    return sha256(b"custody/private/v1\n" + write_json({"field": field, "salt": salt, "value": value}) + b"\n").hex()


# ---- 9. State: what is authentic, and who may sign from which entry on ------------------------------------------------

DELEGATED = ("kpps", "pps", "guard", "escort", "witness")
Sign = tuple[str, str]  # name and id of a key, as they stand in a line


class Member:
    """A key of the roster: whose it is, and from which entry to which it counts (ROLE-5)."""

    def __init__(self, key: Key, body: dict[str, Any], role: str, since: int) -> None:
        self.key, self.role, self.since = key, role, since
        self.person, self.institution = body.get("person"), body.get("institution")
        self.places, self.delegate = body.get("places", []), body.get("delegate", False)
        self.until: int | None = None
        self.reference = f"{key.name}+{key.key_id}" if role == "ledger" else key.name  # as a revocation names it (ROLE-1)

    def counts(self, index: int) -> bool:
        return self.until is None or index <= self.until


class Ledger:
    """Entries taken one after the other; knows the roster after each (chapter 9, as far as authority goes)."""

    def __init__(self) -> None:
        self.founding: dict[str, Any] = {}
        self.sid = self.origin = ""
        self.members: dict[Sign, Member] = {}  # in the order in which they took effect
        self.places: dict[str, list[tuple[int, dict[str, Any]]]] = {}  # place -> as each entry laid it down (PLACE-1)
        self.signers: dict[str, dict[Sign, int]] = {}  # sid -> who signed, and at which entry first (AUTH-5)
        self.first: dict[str, int] = {}
        self.done: set[str] = set()  # statements of authorities that took effect
        self.told: list[tuple[str, list[int]]] = []  # findings on the way: code, entries
        self.statements: dict[int, Statement] = {}

    def found(self, data: bytes) -> None:
        """AUTH-1: entry 0."""
        note, statement = read_entry(data)
        require(statement.kind == "founding", "entry.no-founding")
        body = statement.body
        origin = f"custody.{body['domain']}/{statement.sid[:32]}"  # AUTH-6
        ledger = make_key(origin, ED25519, bytes.fromhex(body["ledger_key"]))
        keys = [read_key(one["key"]) for one in body["authorities"]]
        people = [Member(key, one, "authority", 0) for key, one in zip(keys, body["authorities"])]
        for values in ([k.name for k in keys], [k.public for k in (*keys, ledger)], [m.person for m in people]):
            require(len(set(values)) == len(values), "founding.keys")
        self.founding = body
        require((body["threshold"] > 1 or body["drill"]) and self.agree(people), "founding.threshold")  # ROLE-2
        members = {(m.key.name, m.key.key_id): m for m in (*people, Member(ledger, {}, "ledger", 0))}
        known = _authentic(note, {sign: m.key for sign, m in members.items()})
        signed = [members[sign] for sign in known]
        require(self.agree(signed) and any(m.role == "ledger" for m in signed), "founding.signatures")
        self.sid, self.origin, self.members = statement.sid, origin, members
        self._remember(0, statement, known)

    def take(self, index: int, data: bytes) -> None:
        """Any other entry: VERIFY-2 and VERIFY-3, and what it changes in the roster."""
        note, statement = read_entry(data)
        require(statement.kind != "founding", "entry.second-founding")
        require(statement.body["ledger"] == self.sid, "entry.foreign")  # STMT-7
        keys = {sign: member.key for sign, member in self.members.items()}
        brought = read_key(statement.body["key"]) if statement.kind == "enrol" else None
        if brought:
            keys.setdefault((brought.name, brought.key_id), brought)
        known = _authentic(note, keys, self.members)
        fresh = set(known) - self.signers.get(statement.sid, {}).keys()
        self._remember(index, statement, known)
        if not fresh:  # AUTH-5
            self.told.append(("entry.again", [self.first[statement.sid], index]))
        if statement.kind in ("enrol", "revoke", "places", "register") and statement.sid not in self.done:
            self._decide(index, statement, any(sign not in self.members or self.members[sign].counts(index) for sign in fresh))

    def _remember(self, index: int, statement: Statement, signs: list[Sign]) -> None:
        self.statements[index] = statement
        self.first.setdefault(statement.sid, index)
        for sign in signs:
            self.signers.setdefault(statement.sid, {}).setdefault(sign, index)

    def in_time(self, sid: str) -> list[Member]:
        """Who signed a statement with a key that counted when the signature arrived."""
        signs = self.signers.get(sid, {}).items()
        return [
            self.members[sign]
            for sign, at in signs
            if sign in self.members and self.members[sign].since <= at and self.members[sign].counts(at)
        ]

    def agree(self, signed: Iterable[Member]) -> bool:
        """ROLE-2."""
        who = [m for m in signed if m.role == "authority"]
        alone = self.founding["drill"] and self.founding["threshold"] == 1
        return len({m.person for m in who}) >= self.founding["threshold"] and (alone or len({m.institution for m in who} - {None}) >= 2)

    def _decide(self, index: int, statement: Statement, brings: bool) -> None:
        """ROLE-3: whether a statement of authorities takes effect with this entry, which must bring a signature that counts."""
        signed, body = self.in_time(statement.sid), statement.body
        agreed = self.agree(m for m in signed if m.counts(index))
        delegates = [m for m in signed if statement.kind == "enrol" and m.counts(index) and self._delegated(m, body)]
        itself = statement.kind == "revoke" and any(m.reference == body["key"] for m in signed)
        if not brings or not (agreed or delegates or itself):
            self.told.append(("authority.short", [index]))
            return
        code = self._enrol(index, statement) if statement.kind == "enrol" else None
        if code != "enrol.unproven":  # that may still come
            self.done.add(statement.sid)
        if code:
            self.told.append((code, [index]))
            return
        if statement.kind == "places":
            for place in body["places"]:
                self.places.setdefault(place["code"], []).append((index, place))
            strange = [place for place in body["places"] if place["parent"] is not None and place["parent"] not in self.places]
            self.told += [("place.parent", [index]) for _ in strange]
        if statement.kind == "revoke":
            self._revoke(index, body["key"])
        if not agreed:
            self.told += [("enrol.delegated", [index]) for _ in {m.key for m in delegates}]

    def _delegated(self, who: Member, body: dict[str, Any]) -> bool:
        """ROLE-4."""
        allowed = self.founding["delegates"] and who.role == "supervisor" and who.delegate and body["role"] in DELEGATED
        stranger = body["person"] not in [m.person for m in self.members.values()]
        return bool(allowed and stranger and body["places"]) and all(self.inside(place, who.places) for place in body["places"])

    def place(self, code: str | None, index: int | None = None) -> dict[str, Any] | None:
        """A place as it stands now, or stood at an entry (PLACE-1)."""
        return next((laid for at, laid in reversed(self.places.get(code or "", [])) if index is None or at <= index), None)

    def inside(self, place: str | None, places: Sequence[str], index: int | None = None) -> bool:
        """Whether a place is one of `places` or lies in one, as the places stand now or stood at an entry (PLACE-1)."""
        seen: list[str | None] = []
        while len(seen) < 12 and place not in seen and (laid := self.place(place, index)) is not None:
            if place in places:
                return True
            seen.append(place)
            place = laid["parent"]
        return False

    def _enrol(self, index: int, statement: Statement) -> str | None:
        """ROLE-1 and ROLE-3, in the order of chapter 10: why an enrolment has no effect, or None."""
        key, role = read_key(statement.body["key"]), statement.body["role"]
        if (role == "ledger") != (key.name == self.origin) or (role != "ledger" and "/" in key.name):
            return "enrol.name"
        at, holder = self.signers[statement.sid].get((key.name, key.key_id)), self.members.get((key.name, key.key_id))
        if at is None or (holder and not holder.counts(at)):
            return "enrol.unproven"
        if role != "ledger" and key.name in [m.key.name for m in self.members.values()]:
            return "enrol.name-taken"
        if key.public in [m.key.public for m in self.members.values()]:
            return "enrol.key-taken"
        self.members[key.name, key.key_id] = Member(key, statement.body, role, index)
        return None

    def _revoke(self, index: int, name: str) -> None:
        found = [m for m in self.members.values() if m.reference == name]
        for member in found:
            member.until = index if member.until is None else member.until
        if not found:
            self.told.append(("revoke.unknown", [index]))

    def ledger_keys(self, size: int) -> list[Key]:
        """ROLE-6: the keys whose checkpoints of this size count."""
        ledgers = [m for m in self.members.values() if m.role == "ledger"]
        return [m.key for m in ledgers if m.since < size and (m.until is None or size <= m.until + 1)]


def _authentic(note: Note, keys: dict[Sign, Key], before: Iterable[Sign] | None = None) -> list[Sign]:
    """AUTH-2 to AUTH-4: the keys that signed, if all lines are theirs and hold, and one of them was known `before`."""
    signs = [(line.name, line.key_id) for line in note.lines]
    require(all(sign in keys for sign in signs), "signature.unknown")
    require(before is None or set(signs) & set(before), "signature.stranger")
    holds = [valid(keys[sign].public, note.text, line.signature) for sign, line in zip(signs, note.lines)]
    require(all(holds), "signature.bad")
    return signs


# ---- 9. State: where the last link of a box took it (ACT-1 to ACT-10, FOLD-2 to FOLD-13); what is found on the way is left out ----

LINKS = ("seal", "handoff", "opening", "closing")
PARTIES = ("giver", "receiver", "sealer", "witness", "officer")
LEVELS = ("tps", "desa", "kecamatan", "kabupaten")
HOLDERS = ("keeper", "kpps", "ppk", "pps")
LOOKERS = (*HOLDERS, "authority", "guard", "leader", "supervisor", "witness")


class Act(NamedTuple):
    """A statement with the names under it that count, and those that came too late; `entry` is the first that holds it."""

    statement: Statement
    entry: int
    signed: frozenset[str]
    late: frozenset[str]

    @property
    def body(self) -> dict[str, Any]:
        return self.statement.body

    @property
    def sid(self) -> str:
        return self.statement.sid

    def admitted(self) -> Act:
        return self._replace(signed=self.signed | self.late, late=frozenset())

    def line(self, box: str) -> dict[str, Any]:
        return next(line for line in self.body["boxes"] if line["box"] == box)


class Link:
    """A link of one box: how far its signatures carry, the acks that count for it, and who declared himself its giver."""

    def __init__(self, act: Act, box: str, done: str) -> None:
        self.act, self.prev, self.done = act, act.line(box)["prev"], done
        self.acks: list[Act] = []
        self.givers: set[str] = set()

    @property
    def signed(self) -> set[str]:
        return {*self.act.signed, *(name for ack in self.acks for name in ack.signed)}

    @property
    def complete(self) -> bool:
        return self.done == "complete"


Links = dict[str, Link]


class Fold:
    """The chains of the boxes that a ledger or an excerpt of it tells of."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.keys = {m.key.name: m for m in ledger.members.values() if m.role != "ledger"}
        self.acts: dict[str, list[Act]] = {}  # box -> what may move it or decide of it, each once
        for statement in {s.sid: s for s in ledger.statements.values() if s.kind in (*LINKS, "ack", "correction", "ruling")}.values():
            act = self._act(statement)
            for line in act.body["boxes"]:
                self.acts.setdefault(line if isinstance(line, str) else line["box"], []).append(act)

    def at(self, place: str) -> set[str]:
        """The boxes whose last link took them to a place, or is taking them there (REPORT-5)."""
        return {box for box in self.acts if self.goal(box) == place}

    def goal(self, box: str) -> str | None:
        """Where the last link that nobody disputes took a box, or is taking it (FOLD-2 to FOLD-4, FOLD-8, FOLD-11)."""
        live = self.live(box)
        last: Link | None = None
        while len(after := [link for link in live if link.prev == (last and last.act.sid)]) == 1:
            last = after[0]
        return last and last.act.body.get("to", last.act.body["place"])

    def live(self, box: str) -> list[Link]:
        """The complete links of a box that nobody withdrew or took back, and that no ruling let fall."""
        acts = sorted(self.acts[box], key=lambda act: act.sid)
        links = {act.sid: Link(act, box, self.done(act, box)) for act in acts if act.statement.kind in LINKS}
        acks = [act for side in ("giver", "receiver") for act in acts if act.statement.kind == "ack" and act.body["side"] == side]
        counting = [ack for ack in acks if self._acknowledge(ack, links)]
        fallen = self._fallen(box, [act for act in acts if act.statement.kind == "ruling"], links, acks, counting)
        gone = fallen | self._withdrawn(links)
        gone |= self._void([act for act in acts if act.statement.kind == "correction"], links, gone, fallen)
        return [link for sid, link in links.items() if link.complete and sid not in gone]

    def _act(self, statement: Statement) -> Act:
        signs = [(self.ledger.members.get(sign), at) for sign, at in self.ledger.signers[statement.sid].items()]
        people = [(m, m.since <= at and m.counts(at)) for m, at in signs if m and m.role != "ledger"]  # ACT-3
        names = [frozenset(m.key.name for m, counts in people if counts == wanted) for wanted in (True, False)]
        return Act(statement, self.ledger.first[statement.sid], *names)

    # Who somebody is, and where he acts

    def _known(self, name: str | None, index: int) -> Member | None:
        member = self.keys.get(name or "")
        return member if member and member.since <= index else None

    def _person(self, name: str | None, act: Act | None = None) -> str | None:
        """Whose key it is; in an act, of who has not signed it, as the roster was when it arrived (FOLD-1)."""
        if act and name not in act.signed | act.late and not self._known(name, act.entry):
            return None
        return self.keys[name].person if name in self.keys else None

    def _persons(self, names: Iterable[str]) -> set[str | None]:
        return {self._person(name) for name in names}

    def _acts_at(self, member: Member, place: str, index: int) -> bool:
        everywhere = member.role == "authority" and not member.places
        return everywhere or self.ledger.inside(place, member.places, index)  # ROLE-7

    def _on_way(self, box: str, place: str, index: int) -> bool:
        """PLACE-2."""
        if self.ledger.inside(home_of(box), [place], index):
            return True
        laid = self.ledger.place(place, index)
        if laid is None or laid["kind"] in LEVELS:
            return False
        return laid["kind"] == "court" or self.ledger.inside(home_of(box), [laid["parent"]], index)

    def _may(self, act: Act, field: str, where: str) -> bool:
        """Whether a side of a handoff or a sealing has the role for it and acts at the place in a field."""
        member = self.keys[act.body[field]]
        receives = member.role == "guard" and self.ledger.founding["guard_receives"] and field in ("giver", "receiver")
        roles = LOOKERS if field == "witness" else HOLDERS
        return (member.role in roles or receives) and self._acts_at(member, act.body[where], act.entry)

    def _claims(self, act: Act, box: str) -> bool:
        """FOLD-6, of a claim."""
        field, places = ("receiver", ("place", "to")) if act.statement.kind == "handoff" else ("witness", ("place",))
        return any(self._may(act, field, where) and self._on_way(box, act.body[where], act.entry) for where in places)

    def _offers(self, act: Act, box: str, holder: str | None) -> bool:
        """FOLD-6, of an offer; `holder` is who holds the box after the link that it follows."""
        field, places = ("giver", ("from", "place")) if act.statement.kind == "handoff" else ("sealer", ("place",))
        member = self._known(act.body[field], act.entry)
        if member is None or holder is not None:
            return self._colleagues(member, self._known(holder, act.entry))
        return any(self._may(act, field, where) and self._on_way(box, act.body[where], act.entry) for where in places)

    def _colleagues(self, one: Member | None, other: Member | None) -> bool:
        """The same person, or one of the same role with a place in common (LAW-4)."""
        if one is None or other is None:
            return False
        return one.person == other.person or (one.role == other.role and bool(set(one.places) & set(other.places)))

    def _holder_before(self, link: Link, links: Links) -> str | None:
        """Who holds the box after the link that this one follows: of handoffs the receiver, else who sealed or opened it first."""
        while link.prev in links:
            link = links[link.prev]
            body = link.act.body
            if "receiver" in body or link.prev is None:
                return next((body[side] for side in ("receiver", "sealer", "officer") if side in body), None)
        return None

    # Whether a link is complete

    def done(self, act: Act, box: str) -> str:
        """How far the signatures that count carry a link (ACT-1 to ACT-4, ACT-9, ACT-10)."""
        body, kind = act.body, act.statement.kind
        if kind == "closing":
            return "complete" if self.ledger.agree(self.keys[name] for name in act.signed) else "waiting"
        if kind == "opening":
            others = self._persons(_present(body) & act.signed) - {self._person(body["officer"])}
            return "complete" if body["officer"] in act.signed and others else "waiting"
        first, second = (body["giver"], body["receiver"]) if kind == "handoff" else (body["sealer"], body["witness"])
        both = first in act.signed and second in act.signed and self._person(first) != self._person(second)
        if both or (second in act.signed and body.get("unsigned") is not None and self._alone(act, box)):
            return "complete"
        return "offered" if first in act.signed else "claimed" if second in act.signed else "waiting"

    def _alone(self, act: Act, box: str) -> bool:
        """ACT-2: whether the word of the receiver alone moves a box."""
        return self._may(act, "receiver", "place") and all(self._on_way(box, act.body[where], act.entry) for where in ("place", "to"))

    def _acknowledge(self, ack: Act, links: Links) -> bool:
        """ACT-5 to ACT-7: let an ack complete a handoff, or be the signature of its giver; whether it does."""
        link = links.get(ack.body["about"][0])
        if link is None or link.act.statement.kind != "handoff":
            return False
        body = link.act.body
        if ack.body["side"] == "receiver":
            receives = body["receiver"] in ack.signed and self._person(body["receiver"]) != self._person(body["giver"], link.act)
            if link.done != "offered" or not receives:
                return False
        else:
            givers = self._givers(link, ack, links) if body["unsigned"] is not None else set()
            if not givers:
                return False
            link.givers |= givers
        if link.done == ("offered" if ack.body["side"] == "receiver" else "claimed"):
            link.done = "complete"
        link.acks.append(ack)
        return True

    def _givers(self, link: Link, ack: Act, links: Links) -> set[str]:
        """ACT-6: who so declares himself the giver; never the receiver, nor a second key of his."""
        giver, receiver = link.act.body["giver"], self._person(link.act.body["receiver"], link.act)
        others = {name for name in ack.signed if self._person(name) != receiver}
        if giver is not None:
            return others & {giver}
        holder = self._known(self._holder_before(link, links), link.act.entry)
        return {name for name in others if self._colleagues(self._known(name, ack.entry), holder)}

    # What is no link any more

    def _withdrawn(self, links: Links) -> set[str]:
        """FOLD-5."""
        pairs = [(link.act, links[sid]) for link in links.values() for sid in link.act.body.get("withdraws", []) if sid in links]
        return {
            offer.act.sid
            for act, offer in pairs
            if act.body["giver"] in act.signed
            and offer.done == "offered"
            and self._person(act.body["giver"]) == self._person(offer.act.body.get("giver"), offer.act)
        }

    def _void(self, corrections: list[Act], links: Links, gone: set[str], fallen: set[str]) -> set[str]:
        """FOLD-7: from the end inwards."""
        wanted = {act.body["about"][0] for act in corrections if self._may_void(act, links)} - fallen
        void: set[str] = set()
        while True:
            followed = {link.prev for sid, link in links.items() if link.complete and sid not in gone | void}
            if not (wanted - void - followed):
                return void
            void |= wanted - followed

    def _may_void(self, act: Act, links: Links) -> bool:
        link = links.get(act.body["about"][0])
        if link is None or act.body["effect"] != "void":
            return False
        if link.act.statement.kind == "closing":
            return self.ledger.agree(self.keys[name] for name in act.signed)
        sides = self._persons(link.signed & _sides(link.act) | link.givers)
        there = self._persons(link.signed & _present(link.act.body)) - sides
        agreed = self._persons(act.signed)
        if (sides or there) and sides <= agreed and (not there or there & agreed):
            return True
        rivals = [one for one in links.values() if one is not link and one.complete and one.prev == link.prev]
        if any(one.act.body["at"] <= act.body["at"] for one in rivals):
            return False
        who = [self.keys[name] for name in act.signed]
        return any(m.role == "supervisor" and self._acts_at(m, link.act.body["place"], act.entry) for m in who)

    def _fallen(self, box: str, rulings: list[Act], links: Links, acks: list[Act], counting: list[Act]) -> set[str]:
        """FOLD-12, FOLD-13: the links that rulings let fall; what they admit is complete from then on."""
        valid = [(one.sid, one.line(box), one) for one in rulings if self._decides(one, one.line(box), links, counting)]
        replaced = {(sid, row["prev"]) for _, row, one in valid for sid in one.body["supersedes"]}
        left = [row for sid, row, _ in valid if (sid, row["prev"]) not in replaced]
        fallen: set[str] = set()
        for spot in dict.fromkeys(row["prev"] for row in left):
            rows = [row for row in left if row["prev"] == spot]
            if all(row == rows[0] for row in rows):
                fallen |= self._falls(box, rows[0], links, acks)
        return fallen

    def _decides(self, one: Act, row: dict[str, Any], links: Links, counting: list[Act]) -> bool:
        """Whether enough supervisors have signed who are no party."""
        parties: set[str | None] = set()
        for link in (links[sid] for sid in (*row["falls"], row["stands"]) if sid in links):
            acts = [link.act, *[ack for ack in counting if ack.body["about"][0] == link.act.sid]]
            parties |= self._persons(link.givers.union(*((act.signed | act.late) & _sides(link.act) for act in acts)))
        judges = self._persons(name for name in one.signed if self.keys[name].role == "supervisor")
        return len(judges - parties) >= self.ledger.founding["supervisors"]

    def _falls(self, box: str, row: dict[str, Any], links: Links, acks: list[Act]) -> set[str]:
        """What falls by one row of a ruling; nothing where it has no effect."""
        spot, stands = row["prev"], row["stands"]
        falls = {sid for sid in row["falls"] if sid in links and links[sid].prev == spot}
        if stands is not None and not (stands in links and links[stands].prev == spot and self._admit(box, links[stands], links, acks)):
            return set()
        rivals = [link for link in links.values() if link.complete and link.prev == spot]
        concerned = {link.act.sid for link in rivals if self._concerned(box, link, links)}
        if len(rivals) < 2 or (falls & concerned and len(concerned) < 2):
            return set()
        size = -1
        while size != len(falls):  # and all that follow them
            size = len(falls)
            falls |= {sid for sid, link in links.items() if link.prev in falls}
        closed = any(links[sid].complete and links[sid].act.statement.kind == "closing" for sid in falls)
        return set() if closed else falls

    def _admit(self, box: str, link: Link, links: Links, acks: list[Act]) -> bool:
        """Whether a link is complete, if need be with what was signed late, in it and in the acks about it."""
        if link.complete:
            return True
        act = link.act.admitted()
        trial = Link(act, box, self.done(act, box))
        for ack in acks:
            if ack.body["about"][0] == act.sid:
                self._acknowledge(ack.admitted(), {**links, act.sid: trial})
        if trial.complete:
            links[act.sid] = trial
        return trial.complete

    def _concerned(self, box: str, link: Link, links: Links) -> bool:
        """Whether somebody concerned has signed a complete link; openings and closings are complete by nobody else."""
        if link.act.statement.kind in ("opening", "closing"):
            return True
        return self._offers(link.act, box, self._holder_before(link, links)) or self._claims(link.act, box)


def _present(body: dict[str, Any]) -> set[str]:
    return {one["key"] for one in body.get("present", []) if one["key"] is not None}


def _sides(act: Act) -> set[str]:
    return {act.body[side] for side in PARTIES if act.body.get(side) is not None}


def home_of(box: str) -> str:
    """The place in a box id (BOX-1, BOX-2)."""
    _, area, station = box.split("-")[:3]
    return area[:6] if station == "PPK" else f"{area}-{station}"


# ---- 10. Verification: integrity ---------------------------------------------------------------------------------------


class Fault(NamedTuple):
    step: int
    code: str
    entry: int | None = None
    checkpoint: int | None = None
    path: str | None = None


class Answer(NamedTuple):
    """What is said of a ledger: SAY-1 to SAY-3. `told` are the findings that roster and heads show on the way."""

    integrity: str
    faults: list[Fault]
    undecided: list[Fault]
    told: list[tuple[str, list[int]]]
    size: int = 0
    witnessed: int | None = None
    ledger: Ledger | None = None
    leaves: Sequence[bytes] = ()

    def exit(self, require_witness: bool = False) -> int:
        unwitnessed = require_witness and (self.witnessed or 0) < self.size
        return 3 if self.faults else 4 if self.undecided or unwitnessed else 0


class Outside(NamedTuple):
    """Something that somebody else holds: a checkpoint, or with `leaf` a receipt."""

    checkpoint: bytes
    entry: int = 0
    leaf: bytes | None = None
    hashes: Sequence[bytes] = ()


Heads = Sequence[tuple[Optional[int], bytes]]  # the size under which a checkpoint is kept, and the checkpoint


def judge_ledger(entries: Sequence[bytes | None], heads: Heads, policy: Policy | None = None, outside: Sequence[Outside] = ()) -> Answer:
    """Steps 1 to 7 (VERIFY-1 to VERIFY-7); None stands for an entry that a copy has lost (EXPORT-17)."""
    ledger = Ledger()
    faults: list[Fault] = []
    undecided: list[Fault] = []
    leaves = [leaf_hash(entry or b"") for entry in entries]
    for index, data in enumerate(entries):  # steps 1 to 3
        try:
            if data is None:
                raise Refused("entry.missing")
            ledger.take(index, data) if index else ledger.found(data)
        except Refused as why:
            faults.append(Fault(_step(index, why.code), why.code, entry=index))
    if ledger.sid and policy and policy.logs:  # VERIFY-1
        named = [key for key in policy.logs if key.name == ledger.origin]
        if not named:
            undecided.append(Fault(1, "founding.other-ledger"))
        elif not {key.public for key in named} & {m.key.public for m in ledger.members.values() if m.role == "ledger"}:
            faults.insert(0, Fault(1, "founding.other", entry=0))
    newest = max((size or 0 for size, _ in heads), default=0)
    if not entries:
        faults.append(Fault(4, "ledger.empty"))
    elif newest < len(entries):  # VERIFY-4
        faults.append(Fault(4, "tree.uncovered", entry=newest))
    elif newest > len(entries):
        faults.append(Fault(4, "tree.short", entry=len(entries)))
    faults += _heads(ledger, leaves, heads, policy)
    faults += _seen(ledger, leaves)
    for one in outside:  # VERIFY-7
        code = _outside(ledger, leaves, one, policy)
        if code in ("outside.root", "outside.longer"):
            faults.append(Fault(7, code))
        elif code:
            undecided.append(Fault(7, code))
    word = "altered" if faults else "undecided" if undecided and undecided[0].step == 1 else "consistent"  # SAY-1 to SAY-3
    faults.sort(key=lambda fault: fault.step)
    witnessed = _witnessed(heads, policy) if policy and not faults else None
    return Answer(word, faults, undecided, ledger.told, len(entries), witnessed, ledger, leaves)


def _step(index: int, code: str) -> int:
    if index == 0:
        return 1
    return 3 if code.startswith("signature.") or code == "entry.foreign" else 2


def _heads(ledger: Ledger, leaves: list[bytes], heads: Heads, policy: Policy | None) -> Iterable[Fault]:
    """VERIFY-5."""
    for size, data in sorted(heads, key=lambda head: head[0] or 0):
        try:
            head = read_head(read_note(data).text)
            open_checkpoint(data, ledger.ledger_keys(head.size))
            require(policy is None or policy.witnessed(data), "note.signature")  # CHECKPOINT-9
            require(size in (None, head.size), "head.size")
            require(head.size > len(leaves) or tree_root(leaves[: head.size]) == head.root, "head.root")
        except Refused as why:
            yield Fault(5, why.code, checkpoint=size)


def _seen(ledger: Ledger, leaves: list[bytes]) -> Iterable[Fault]:
    """VERIFY-6: each head that somebody saw, at the first entry that names it."""
    looked: set[str] = set()
    for index, statement in ledger.statements.items():
        seen = statement.body["seen"]
        if seen is None or str(seen) in looked:
            continue
        looked.add(str(seen))
        head = Head(ledger.origin, seen["size"], bytes.fromhex(seen["root"]))
        if not any(valid(key.public, head_text(head), bytes.fromhex(seen["sig"])) for key in ledger.ledger_keys(head.size)):
            ledger.told.append(("seen.unsigned", [index]))
        elif head.size > index or tree_root(leaves[: head.size]) != head.root:
            yield Fault(6, "seen.split", entry=index)


def _outside(ledger: Ledger, leaves: list[bytes], one: Outside, policy: Policy | None) -> str | None:
    """VERIFY-7: what something from outside shows, or None if it agrees."""
    try:
        head = read_head(read_note(one.checkpoint).text)
    except Refused:
        return "outside.form"
    if head.origin != ledger.origin:
        return "outside.other-ledger"
    try:
        open_checkpoint(one.checkpoint, [*ledger.ledger_keys(head.size), *(policy.logs if policy else [])])
    except Refused:
        return "outside.foreign"
    if head.size > len(leaves):
        return "outside.longer"
    if tree_root(leaves[: head.size]) != head.root:
        return "outside.root"
    try:
        if one.leaf is not None:
            check_inclusion(one.entry, head.size, one.leaf, head.root, one.hashes)
    except Refused:
        return "outside.proof"
    return None


def _witnessed(heads: Heads, policy: Policy) -> int | None:
    """The largest size that the quorum has cosigned (SAY-2)."""
    sizes = [read_head(read_note(data).text).size for _, data in heads if policy.witnessed(data)[1] is not None]
    return max(sizes, default=None)


# ---- 14. Receipts and 16. Excerpts ---------------------------------------------------------------------------------------


def read_receipt(data: bytes) -> tuple[Proof, Statement]:
    """RECEIPT-1 and RECEIPT-2."""
    proof = read_proof(data)
    require(proof.extra is not None, "receipt.note")  # RECEIPT-1
    return proof, read_entry(proof.extra or b"")[1]  # RECEIPT-2


def judge_receipt(data: bytes, policy: Policy) -> tuple[Proof, Head]:
    """RECEIPT-3 and RECEIPT-4."""
    proof, _ = read_receipt(data)
    return proof, judge_proof(proof, leaf_hash(proof.extra or b""), policy)  # RECEIPT-3, RECEIPT-4


class Excerpt(NamedTuple):
    checkpoint: bytes
    ranges: dict[tuple[int, int], bytes]
    entries: dict[int, bytes]


def read_excerpt(data: bytes) -> Excerpt:
    """EXCERPT-1 to EXCERPT-3."""
    number, at, last = rb"(0|[1-9][0-9]{0,15})", len(b"custody/excerpt/v1\n"), -1
    require(data.startswith(b"custody/excerpt/v1\n"), "excerpt.form")
    excerpt = Excerpt(b"", {}, {})
    head = re.compile(rb"checkpoint " + number + rb"\n").match(data, at)
    require(head, "excerpt.form")
    at, checkpoint = _block(data, head)
    range_, entry = (
        re.compile(rb"range " + number + b" " + number + rb" ([^ \n]+)\n"),
        re.compile(b"entry " + number + b" " + number + rb"\n"),
    )
    while (found := range_.match(data, at)) is not None:
        start, end, at = int(found[1]), int(found[2]), found.end()
        require(last <= start < end, "excerpt.form")
        excerpt.ranges[start, end] = read_base64(found[3].decode("latin-1"), "excerpt.form")
        require(len(excerpt.ranges[start, end]) == 32, "excerpt.form")
        last = end
    last = -1
    while (found := entry.match(data, at)) is not None:
        require(last < int(found[1]) and len(excerpt.entries) < 200000, "excerpt.form")
        last = int(found[1])
        at, excerpt.entries[last] = _block(data, found)
    require(data[at:] == b"end\n", "excerpt.form")
    return excerpt._replace(checkpoint=checkpoint)


def _block(data: bytes, found: Any) -> tuple[int, bytes]:
    """The bytes behind a line whose last number is their length, and where they end."""
    end = found.end() + int(found[found.lastindex])
    require(end <= len(data), "excerpt.form")
    return end, data[found.end() : end]


def prove_excerpt(excerpt: Excerpt, policy: Policy) -> Head:
    """The judgment of chapter 16, steps 1 and 2 (EXCERPT-4)."""
    require(policy.logs, "policy.logs")
    head = open_checkpoint(excerpt.checkpoint, policy.logs)
    ranges, indexes = dict(excerpt.ranges), sorted(excerpt.entries)
    require(not indexes or indexes[-1] < head.size, "excerpt.ranges")

    def cut(start: int, end: int, inside: list[int]) -> bytes:
        if not inside:
            require((start, end) in ranges, "excerpt.ranges")
            return ranges.pop((start, end))
        if end - start == 1:
            return leaf_hash(excerpt.entries[start])
        at = start + half(end - start)
        left = [index for index in inside if index < at]
        return node_hash(cut(start, at, left), cut(at, end, inside[len(left) :]))

    require(head.size, "excerpt.ranges")
    root = cut(0, head.size, indexes)
    require(not ranges, "excerpt.ranges")
    require(root == head.root, "excerpt.root")
    return head


def replay_excerpt(excerpt: Excerpt, head: Head) -> Ledger:
    """Step 3 (EXCERPT-5)."""
    ledger = Ledger()
    require(excerpt.entries, "excerpt.founding")
    for index, data in excerpt.entries.items():
        ledger.take(index, data) if index else ledger.found(data)
    require(ledger.origin == head.origin, "excerpt.founding")
    return ledger


# ---- 13. Reports: the evidence; the page is not compared ------------------------------------------------------------------

OPENING = "{c: 64 hex digits, field: code word, salt: 32 hex digits, value: text of up to 65535}"
FACTS = """basis: <hash>; beside: sorted list of 0 to 200000 box id; by: key name; drawing: code word; lang: id|en; made: <moment>;
 figure: list of 0 to 2 0 to 9007199254740991; renderer: text of up to 65535; sids: list of 0 to 200000 <hash>; upto: 1 to 9007199254740991;
 scope: {code: text of up to 64, kind: box|tps|desa|kecamatan|warehouse|operation|consignment|incident|officer|shift|deed}"""
FILES = ("facts.json", "ledger.excerpt", "report.tlog-proof")


def read_facts(data: bytes) -> dict[str, Any]:
    """REPORT-1."""
    try:
        facts = read_json(data)
    except Refused:
        raise Refused("report.facts") from None
    shapes = fields_of(full(FACTS.replace("\n", "")))
    require(facts.keys() == {*shapes, "copies", "openings", "titles"}, "report.facts")
    copies, shows, deed = (
        facts["copies"],
        facts["openings"],
        facts["scope"]["kind"] == "deed" if isinstance(facts["scope"], dict) else False,
    )
    require(all(shape_of(shape)(facts[name]) for name, shape in shapes.items()), "report.facts")
    require(
        isinstance(copies, list) and 1 <= len(copies) <= 20 and all(isinstance(c, str) and len(c) <= 60 for c in copies), "report.facts"
    )
    require(copies == [""] or deed, "report.facts")
    require(not facts["figure"] or (deed and len(facts["figure"]) == 2 and sorted(facts["figure"]) == facts["figure"]), "report.facts")
    require(facts["drawing"].startswith("deed-") == deed or facts["drawing"].startswith("report-"), "report.facts")
    require(isinstance(shows, list) and all(shape_of(OPENING)(one) for one in shows), "report.facts")
    require(_ordered(["c"])(shows) and isinstance(facts["titles"], dict), "report.facts")
    return facts


def judge_report(facts: bytes, excerpt: bytes, proof: bytes, policy: Policy) -> Head:
    """Steps 2 and 3 of chapter 13: the evidence (CHECK-2, CHECK-3)."""
    taken = read_excerpt(excerpt)
    head = prove_excerpt(taken, policy)
    ledger = replay_excerpt(taken, head)
    own = max(taken.entries)
    statement = ledger.statements[own]
    body = statement.body
    require(statement.kind == "report" and body["facts"] == sha256(facts).hex(), "check.not-logged")  # REPORT-2
    told = read_facts(facts)
    require(body["size"] == len(facts) and own >= told["upto"], "check.statement")
    require(all(body[name] == told[name] for name in ("upto", "drawing", "scope")), "check.statement")
    require(body["at"] == told["made"], "check.moment")
    require(told["by"] in [member.key.name for member in ledger.in_time(statement.sid)], "check.issuer")
    check_logged(proof, own, taken, head)
    others = [index for index in taken.entries if index != own]
    lines = "".join(f"{index} {leaf_hash(taken.entries[index]).hex()}\n" for index in others)
    require(all(index < told["upto"] for index in others), "check.basis")  # REPORT-3
    require(told["basis"] == sha256(lines.encode()).hex(), "check.basis")  # REPORT-4
    for one in told["openings"]:  # REPORT-6
        require(commitment(one["field"], one["salt"], one["value"]) == one["c"], "private.opening")
    named = (_named_by if told["scope"]["kind"] in NAMING else _scoped)(ledger, told["scope"], own)
    require(told["sids"] == named and (named or told["scope"]["kind"] in SCOPES), "check.sids")  # REPORT-7
    require(policy.witnessed(taken.checkpoint)[0], "check.unwitnessed")  # CHECK-7
    return head


def check_logged(data: bytes, own: int, excerpt: Excerpt, head: Head) -> None:
    """The proof beside the excerpt is that of the report's own entry, under the same checkpoint, and nothing more."""
    try:
        proof = read_proof(data)
    except Refused:
        raise Refused("check.proof") from None
    require((proof.entry, proof.extra, proof.checkpoint) == (own, None, excerpt.checkpoint), "check.proof")
    check_inclusion(own, head.size, leaf_hash(excerpt.entries[own]), head.root, proof.hashes)


SCOPES = ("box", "tps", "desa", "kecamatan", "warehouse", "operation")  # by boxes, their homes and where they are
NAMING = ("consignment", "incident", "officer", "shift", "deed")  # by statements (REPORT-13)
MOVES = ("seal", "handoff", "ack", "opening", "closing", "inspection", "incident", "correction", "ruling")
DEEDS = (
    *("seal", "handoff", "opening", "inspection", "visit", "shift", "incident", "plenary", "manifest", "closing", "ruling"),
    *("correction", "register", "label"),
)
SIDES = ("sealer", "witness", "giver", "receiver", "through", "recorder", "officer", "outgoing", "incoming", "owner", "leave")


def _scoped(ledger: Ledger, scope: dict[str, str], own: int) -> list[str]:
    """The statements that can move or judge a box in scope, and incidents that name one, in ledger order (REPORT-5, REPORT-7)."""
    homes = {
        one["box"]: one["place"] for s in reversed(list(ledger.statements.values())) if s.kind == "register" for one in s.body["boxes"]
    }
    there, told = Fold(ledger).at(scope["code"]) if scope["kind"] == "warehouse" else set[str](), []
    for index, statement in ledger.statements.items():
        named = (
            [line if isinstance(line, str) else line["box"] for line in statement.body.get("boxes", [])] if statement.kind in MOVES else []
        )
        named += [*statement.body.get("missing", []), *statement.body.get("extra", [])] if statement.kind == "inspection" else []
        if (
            index != own
            and any(box in there or _in_scope(ledger, box, homes.get(box), scope) for box in named)
            and statement.sid not in told
        ):
            told.append(statement.sid)
    return told


def _in_scope(ledger: Ledger, box: str, home: str | None, scope: dict[str, str]) -> bool:
    kind, code = scope["kind"], scope["code"]
    if kind in ("box", "warehouse"):
        return kind == "box" and box == code
    return kind == "operation" or ledger.inside(home or home_of(box), [code])


def _named_by(ledger: Ledger, scope: dict[str, str], own: int) -> list[str]:
    """The statements that one of NAMING names, in ledger order (REPORT-13)."""
    code = scope["code"]
    before = {one.sid: one for index, one in ledger.statements.items() if index != own}
    this = before.get(code)
    if scope["kind"] == "officer":
        found = {sid for sid, one in before.items() if code in _people(one.body) or code in [name for name, _ in ledger.signers[sid]]}
    elif scope["kind"] == "consignment":
        found = {sid for sid, one in before.items() if code in (one.body.get("id"), (one.body.get("consignment") or {}).get("id"))}
        found |= {sid for sid, one in before.items() if one.kind == "ack" and found & set(one.body["about"])}
    elif this is None or this.kind not in {"incident": ("incident",), "shift": ("shift",), "deed": DEEDS}[scope["kind"]]:
        found = set()
    elif scope["kind"] == "shift":
        found = _from_shift_to_shift(ledger, before, this)
    else:
        parts = {sid for sid, one in before.items() if scope["kind"] == "deed" and _one_load(this, one)} | {code}
        found = parts | {sid for sid, one in before.items() if any(_refers(one.body, part) for part in parts)}
        found |= set(this.body["settles"]) & before.keys() if scope["kind"] == "incident" else set()
    return [sid for sid in ledger.first if sid in found]


def _people(body: dict[str, Any]) -> list[str | None]:
    """Everybody whom a statement names by key: sides, signers, who sees to it or gave leave, was there or invited, visitors, escorts."""
    others = [one["key"] for field in ("present", "invited", "persons") for one in body.get(field, [])]
    return [*map(body.get, SIDES), *others, *body.get("escort", {}).get("keys", [])]


def _refers(body: dict[str, Any], sid: str) -> bool:
    """Whether it is about another statement, settles it, takes it back, stands in its place, replaces it or rules on it."""
    lists = [body.get(field, []) for field in ("about", "settles", "withdraws", "supersedes")]
    ruled = [[line["stands"], *line["falls"]] for line in body.get("boxes", []) if isinstance(line, dict) and "falls" in line]
    return body.get("instead") == sid or any(sid in some for some in (*lists, *ruled))


def _one_load(one: Statement, other: Statement) -> bool:
    """Whether two are parts of one load (DEED-12): alike but for the boxes, the things and the number of the part."""

    def alike(statement: Statement) -> dict[str, Any]:
        body = {**statement.body, **(statement.body.get("consignment") or {})}
        return {name: value for name, value in body.items() if name not in ("boxes", "things", "part", "consignment")}

    return one.kind == other.kind and alike(one).get("parts", 1) > 1 and alike(one) == alike(other)


def _from_shift_to_shift(ledger: Ledger, before: dict[str, Statement], this: Statement) -> set[str]:
    """A shift, the next one of its place that counts (ROOM-1), and what took place there or left from there between both."""

    def when(one: Statement) -> tuple[str, str]:
        return one.body["happened"]["at"], one.sid  # moments sort as their letters do

    def counts(one: Statement) -> bool:
        first = ledger.first[one.sid]
        signed = [m for m in ledger.in_time(one.sid) if m.key.name == one.body["incoming"] and m.since <= first]
        return any(m.role in ("guard", "leader", "keeper") and ledger.inside(place, m.places, first) for m in signed)

    place, begun = this.body["place"], this.body["happened"]["at"]
    there = [one for one in before.values() if place in (one.body.get("place"), one.body.get("from"))]
    after = min((one for one in there if one.kind == "shift" and when(one) > when(this) and counts(one)), key=when, default=None)
    between = {one.sid for one in there if begun <= when(one)[0] and (after is None or when(one)[0] < when(after)[0])}
    return between | {one.sid for one in (this, after) if one}


def read_attachments(pdf: bytes) -> list[bytes]:
    """The three files inside a report (REPORT-10), by a search that finds each thing once or not at all."""
    require(pdf.startswith(b"%PDF-1."), "check.unreadable")

    def once(pattern: bytes) -> Any:
        found = list(re.finditer(pattern, pdf))
        require(len(found) == 1, "check.unproven")
        return found[0]

    names = once(
        rb"/EmbeddedFiles\s*<<\s*/Names\s*\[\s*"
        + rb"\s*".join(rb"\(%s\) (\d+) 0 R" % re.escape(name.encode()) for name in FILES)
        + rb"\s*\]"
    )
    files = []
    for number in names.groups():
        target = once(rb"\n%s 0 obj\s*<<[^\0]{0,400}?/EF\s*<<\s*/F (\d{1,9}) 0 R" % number)[1]
        stream = once(rb"\n%s 0 obj\s*<<\s*/Length (\d{1,15}) (?:(?!endobj)[^\0]){0,400}?/EmbeddedFile\s*>>\s*stream\n" % target)
        files.append(pdf[stream.end() : stream.end() + int(stream[1])])
    return files


# ---- 25. An export, and reveals ---------------------------------------------------------------------------------------------

Files = Callable[[str], Optional[bytes]]  # what a path of an export holds


class Incomplete(Exception):
    """EXPORT-15: the first file that is missing."""


def path_number(number: int) -> str:
    """1234067 is x001/x234/067 (chapter 25)."""
    digits = str(number).zfill(-(-len(str(number)) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join(["x" + group for group in groups[:-1]] + groups[-1:])


def widths(count: int) -> list[tuple[int, int]]:
    """Numbers and widths of the tiles that `count` hashes or entries fill (EXPORT-2 to EXPORT-4)."""
    return [(number, 256) for number in range(count // 256)] + ([(count // 256, count % 256)] if count % 256 else [])


class Export:
    """The files of an export that its published size asks for. Raises Incomplete (EXPORT-15), Refused (EXPORT-16)."""

    def __init__(self, files: Files, names: Iterable[str]) -> None:
        self.files, self.names = files, sorted(names)
        self.checkpoint = self.needed("log/checkpoint")
        self.size = read_head(read_note(self.checkpoint).text).size
        require(self.size, "checkpoint.size")  # EXPORT-1
        self.bundles = [(number, width, *self.tile("entries", number, width)) for number, width in widths(self.size)]
        self.tiles = [(level, n, w, *self.tile(str(level), n, w)) for level in range(7) for n, w in widths(self.size >> 8 * level)]
        self.policy, self.officers = self.needed("policy"), self.needed("officers.vkeys")
        self.unfinished: list[str] = []  # EXPORT-19

    def needed(self, name: str) -> bytes:
        data = self.files(name)
        if data is None:
            raise Incomplete(name)
        return data

    def tile(self, stem: str, number: int, width: int) -> tuple[bytes, bool]:
        """A tile or bundle, and whether it is the full one that stands for a partial one (EXPORT-4)."""
        whole = f"log/tile/{stem}/{path_number(number)}"
        part = whole if width == 256 else f"{whole}.p/{width}"
        longer = self.files(part) is None and self.files(whole) is not None
        return self.needed(whole if longer else part), longer

    def entries(self) -> tuple[list[bytes | None], list[Fault]]:
        """All entries, None for one that is lost, and the bundles that are torn (EXPORT-3, EXPORT-17)."""
        entries: list[bytes | None] = []
        torn = []
        for number, width, data, longer in self.bundles:
            notes, rest = read_bundle(data, width)
            entries += [*notes, *[None] * (width - len(notes))]
            if len(notes) < width or (rest and not longer):
                torn.append(Fault(8, "export.bundle", path=path_number(number)))
        return entries, torn

    def heads(self) -> Heads:
        """EXPORT-5, EXPORT-22."""
        sizes = [(number, name) for name in self.names for number in [_path_of(name, "cosigned/")] if number not in (None, self.size)]
        return [(self.size, self.checkpoint), *[(number, self.files(name) or b"") for number, name in sizes]]

    def besides(self, ledger: Ledger, leaves: list[bytes], authentic: bool) -> Iterable[Fault]:
        """Step 8: what lies beside the entries (EXPORT-18 to EXPORT-21)."""
        for level, number, width, data, longer in self.tiles:
            span = 256**level
            hashes = [tree_root(leaves[at * span : at * span + span]) for at in range(256 * number, 256 * number + width)]
            if (data[: 32 * width] if longer else data) != b"".join(hashes):
                yield Fault(8, "kept.tile", path=f"{level}/{number}")
        ours = [m.key for m in ledger.members.values() if m.role == "ledger"]
        if not any(key in ours for key in (_readable(self.policy) or NOBODY).logs):  # EXPORT-6
            yield Fault(8, "export.policy")
        lines = "".join(f"{m.key}\n" for m in ledger.members.values()).encode()  # EXPORT-7
        if authentic and lines.startswith(self.officers) and self.officers.endswith(b"\n") and lines != self.officers:
            self.unfinished.append("officers.vkeys")
        elif authentic and lines != self.officers:
            yield Fault(8, "export.officers")
        yield from self.evidence(functools.partial(_head_here, ledger, leaves), leaves)

    def evidence(self, here: Callable[[bytes], Head], leaves: list[bytes]) -> Iterable[Fault]:
        """The proofs and the request (EXPORT-20, EXPORT-21)."""
        found = [re.fullmatch(r"proofs/(0|[1-9][0-9]{0,15})\.(entry|tlog-proof)", name) for name in self.names]
        for index in sorted({int(one[1]) for one in found if one and int(one[1]) < self.size}):
            note, proof = self.files(f"proofs/{index}.entry"), self.files(f"proofs/{index}.tlog-proof")
            if note is None or proof is None:
                self.unfinished.append(f"proofs/{index}")
            elif not _holds(functools.partial(_check_proof, note, proof, index, leaves, here)):
                yield Fault(8, "export.proof", entry=index)
        request, old = self.files("consistency.req"), self.files("old.checkpoint")
        if request is None and old is not None:
            self.unfinished.append("consistency.req")
        elif request is not None and not _holds(functools.partial(_check_request, request, old, here)):
            yield Fault(8, "export.request")


def judge_export(files: Files, names: Iterable[str], policy: Policy | None = None, outside: Sequence[Outside] = ()) -> Answer:
    """The judging of chapter 25; `names` are all paths below the folder."""
    try:
        export = Export(files, names)
    except Incomplete as what:
        return Answer("undecided", [], [Fault(0, "export.incomplete", path=str(what))], [])
    except Refused as why:
        return Answer("altered", [Fault(5, why.code)], [], [])
    entries, torn = export.entries()
    answer = judge_ledger(entries, export.heads(), policy or _unwitnessed(export.policy), outside)
    authentic = not any(fault.step < 4 for fault in answer.faults)
    besides = export.besides(answer.ledger or Ledger(), list(answer.leaves), authentic)
    faults = [*answer.faults, *torn, *besides]
    undecided = [*answer.undecided, *[Fault(8, "export.incomplete", path=name) for name in export.unfinished[:1] if not faults]]
    word = "altered" if faults else "undecided" if export.unfinished else answer.integrity
    return answer._replace(integrity=word, faults=faults, undecided=undecided, witnessed=None if faults else answer.witnessed)


def read_bundle(data: bytes, count: int) -> tuple[list[bytes], bytes]:
    """The first `count` notes of a bundle, or those that are whole, and the bytes behind them."""
    notes: list[bytes] = []
    while len(notes) < count and len(data) >= 2 and len(data) >= 2 + int.from_bytes(data[:2], "big"):
        end = 2 + int.from_bytes(data[:2], "big")
        notes.append(data[2:end])
        data = data[end:]
    return notes, data


def _path_of(name: str, top: str) -> int | None:
    digits = re.sub("[x/]", "", name[len(top) :]) if name.startswith(top) else ""
    if not re.fullmatch("[0-9]{1,18}", digits) or int(digits) > MOST:
        return None
    return int(digits) if top + path_number(int(digits)) == name else None


def _readable(data: bytes) -> Policy | None:
    try:
        return read_policy(data)
    except Refused:
        return None


def _unwitnessed(data: bytes) -> Policy | None:
    """The trust file that an export brings itself: its witnesses count for nothing."""
    policy = _readable(data)
    return policy and policy._replace(witnesses={}, groups={}, quorum="none")


def _holds(check: Callable[[], object]) -> bool:
    try:
        check()
    except Refused:
        return False
    return True


def _head_here(ledger: Ledger, leaves: list[bytes], data: bytes) -> Head:
    head = open_checkpoint(data, ledger.ledger_keys(read_head(read_note(data).text).size))
    require(head.origin == ledger.origin and head.size <= len(leaves) and tree_root(leaves[: head.size]) == head.root, "export.proof")
    return head


def _check_proof(note: bytes, data: bytes, index: int, leaves: list[bytes], here: Callable[[bytes], Head]) -> None:
    proof = read_proof(data)
    require(leaf_hash(note) == leaves[index] and proof.entry == index and proof.extra is None, "export.proof")
    head = here(proof.checkpoint)
    check_inclusion(index, head.size, leaves[index], head.root, proof.hashes)


def _check_request(request: bytes, old: bytes | None, here: Callable[[bytes], Head]) -> None:
    top, _, checkpoint = request.partition(b"\n\n")
    lines = top.decode("utf-8", "replace").split("\n")
    require(lines[0].startswith("old "), "export.request")
    size, head = read_number(lines[0][4:], "export.request"), here(checkpoint)
    require((old is None) == (size == 0), "export.request")  # EXPORT-9
    before = here(old) if old is not None else Head(head.origin, 0, sha256(b""))
    require(before.size == size, "export.request")
    check_consistency(size, head.size, before.root, head.root, [read_base64(line, "export.request") for line in lines[1:]])


REVEAL = b"custody/reveal/v1\n"


def judge_reveal(data: bytes, policy: Policy, leaves: Sequence[bytes] | None = None) -> dict[str, str]:
    """REVEAL-1 to REVEAL-4: the values shown, and where in the statement each is committed to; `leaves` are those of an export."""
    parts = data.split(b"\n", 3)
    require(len(parts) == 4 and data.startswith(REVEAL) and not parts[2], "reveal.form")
    try:
        shown = read_json(parts[1])
    except Refused:
        raise Refused("reveal.form") from None
    openings: Any = shown.get("openings")
    require(shown.keys() == {"openings"} and isinstance(openings, list) and 1 <= len(openings) <= 256, "reveal.form")
    require(all(shape_of(OPENING)(one) for one in openings) and _ordered(["c"])(openings), "reveal.form")
    proof, _ = judge_receipt(parts[3], policy)  # REVEAL-4
    if leaves is not None:
        require(list(leaves[proof.entry : proof.entry + 1]) == [leaf_hash(proof.extra or b"")], "reveal.entry")
    places = dict(_commitments(read_entry(proof.extra or b"")[1].body, ""))
    for one in openings:
        require(commitment(one["field"], one["salt"], one["value"]) == one["c"], "private.opening")  # REVEAL-2
        require(one["c"] in places, "reveal.elsewhere")  # REVEAL-3
    return {places[one["c"]]: one["value"] for one in openings}


def _commitments(value: Any, path: str) -> Iterable[tuple[str, str]]:
    if isinstance(value, dict) and value.keys() == {"c"}:
        yield value["c"], path.lstrip("/")
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _commitments(inner, f"{path}/{name}")


# ---- The answers, as the command line and the protocol give them ----------------------------------------------------------

Result = dict[str, Any]


def judged(answer: Answer) -> Result:
    """What PROTOCOL.md calls the answer about a ledger."""
    first = (*answer.faults, *answer.undecided, None)[0]
    result: Result = {
        "verdict": answer.integrity,
        "faults": list(map(_plain, answer.faults)),
        "undecided": list(map(_plain, answer.undecided)),
    }
    result["findings"] = [[code, entries] for code, entries in answer.told] if not answer.faults else []
    return {**result, **(_plain(first) if first else {}), "size": answer.size, "witnessed": answer.witnessed}


def _plain(fault: Fault) -> Result:
    return {name: value for name, value in fault._asdict().items() if value is not None}


def judge_evidence(files: Sequence[bytes], policy: Policy | None) -> Result:
    """Chapter 13, steps 2 and 3, in the words of CHECK-5 to CHECK-7."""
    if policy is None or not policy.logs:
        return {"verdict": "undecided", "code": "check.no-trust"}  # CHECK-6
    try:
        origin = read_head(read_note(read_excerpt(files[1]).checkpoint).text).origin
    except Refused:
        return {"verdict": "undecided", "code": "check.broken"}  # CHECK-5
    if origin not in [key.name for key in policy.logs]:
        return {"verdict": "undecided", "code": "check.other-ledger"}
    try:
        head = judge_report(files[0], files[1], files[2], policy)
    except Refused as why:
        unread = why.code.split(".")[0] in ("note", "json", "statement", "key", "report") and why.code != "note.signature"
        code = "check.broken" if unread else why.code
        return {"verdict": "undecided" if code in ("check.unwitnessed", "check.broken") else "altered", "code": code}
    return {"verdict": "intact", "code": "check.evidence", "size": head.size}


def judge_paper(pdf: bytes, policy: Policy | None) -> Result:
    """A report or deed: what its evidence says. The page is not drawn, so it is never called intact."""
    try:
        result = judge_evidence(read_attachments(pdf), policy)
    except Refused as why:
        return {"verdict": "undecided", "code": why.code if policy else "check.no-trust"}
    return {**result, "verdict": "undecided", "code": "check.not-compared"} if result["code"] == "check.evidence" else result


def _outside_of(data: bytes) -> Outside:
    """What somebody holds, as VERIFY-7 takes it: a checkpoint or a receipt."""
    try:
        proof = read_proof(data)
    except Refused:
        return Outside(data)
    return Outside(proof.checkpoint, proof.entry, leaf_hash(proof.extra) if proof.extra else None, proof.hashes)


# ---- The protocol (PROTOCOL.md): one line of JSON for a question, one for the answer ---------------------------------------


def _keys(given: Result) -> list[Key]:
    return [read_key(text) for text in given["keys"]]


def _bytes(given: Result, name: str = "data") -> bytes:
    return base64.b64decode(given[name])


def _list(given: Result, name: str) -> list[bytes]:
    return [base64.b64decode(one) for one in given.get(name, [])]


def _trust(given: Result) -> Policy | None:
    return read_policy(_bytes(given, "policy")) if given.get("policy") is not None else None


def _proven(given: Result) -> tuple[Excerpt, Head]:
    policy, excerpt = read_policy(_bytes(given, "policy")), read_excerpt(_bytes(given))
    head = prove_excerpt(excerpt, policy)
    if given["what"] == "excerpt.replay":
        replay_excerpt(excerpt, head)
    require(policy.witnessed(excerpt.checkpoint)[0], "excerpt.unwitnessed")  # EXCERPT-6
    return excerpt, head


def _after(given: Result) -> Ledger:
    ledger = Ledger()
    for index, entry in enumerate(_list(given, "entries")):
        ledger.take(index, entry) if index else ledger.found(entry)
    return ledger


def _ledger(given: Result) -> Result:
    heads = [(head["size"], _bytes(head)) for head in given["checkpoints"]]
    outside = [
        Outside(_bytes(o, "checkpoint"), o.get("index", 0), _bytes(o, "leaf") if "leaf" in o else None, _list(o, "hashes"))
        for o in given.get("outside", [])
    ]
    answer = judge_ledger(_list(given, "entries"), heads, _trust(given), outside)
    return {**judged(answer), "exit": answer.exit(given.get("require_witness", False))}


def _files(given: Result) -> dict[str, bytes]:
    return {name: base64.b64decode(data) for name, data in given["files"].items()}


def _export(given: Result) -> Result:
    files = _files(given)
    return judged(judge_export(files.get, files, _trust(given)))


def _reveal(given: Result) -> dict[str, str]:
    files = _files(given) if "files" in given else {}
    parts = [read_bundle(files[name], 256)[0] for name in sorted(files) if name.startswith("log/tile/entries/")]
    leaves = [leaf_hash(note) for part in parts for note in part]  # of an export that was found consistent
    return judge_reveal(_bytes(given), read_policy(_bytes(given, "policy")), leaves if files else None)


def _opened(given: Result) -> str:
    made = commitment(given["field"], given["salt"], given["value"])
    require(given.get("commitment", made) == made, "private.opening")  # PRIV-3
    return made


def _report(given: Result) -> Any:
    head = judge_report(_bytes(given, "facts"), _bytes(given, "excerpt"), _bytes(given, "proof"), read_policy(_bytes(given, "policy")))
    return head.root.hex()


def _evidence(given: Result) -> Result:
    return judge_evidence([_bytes(given, "facts"), _bytes(given, "excerpt"), _bytes(given, "proof")], _trust(given))


def _moment(text: str) -> int | None:
    require(moment(text) is not None, "moment.shape")
    return moment(text)


# What is asked, as the vectors call it, and what answers it: a value (accepted), Refused (refused), or a result with its own verdict.
ASKED: dict[str, Callable[[Result], Any]] = {
    "json.decode": lambda g: read_json(_bytes(g)),
    "note.split": lambda g: read_note(_bytes(g)).text.decode(),
    "note.statement": lambda g: [line.name for line in read_statement_note(_bytes(g)).lines],
    "note.key": lambda g: read_key(g["text"]).public.hex(),
    "ed25519.verify": lambda g: require(valid(_bytes(g, "public"), _bytes(g), _bytes(g, "signature")), "ed25519.signature"),
    "tree.root": lambda g: tree_root(list(map(leaf_hash, _list(g, "entries")))).hex(),
    "tree.inclusion": lambda g: check_inclusion(g["index"], g["size"], _bytes(g, "leaf"), _bytes(g, "root"), _list(g, "proof")),
    "tree.consistency": lambda g: check_consistency(g["size1"], g["size2"], _bytes(g, "root1"), _bytes(g, "root2"), _list(g, "proof")),
    "checkpoint.parse": lambda g: read_head(_bytes(g)).root.hex(),
    "checkpoint.open": lambda g: open_checkpoint(_bytes(g), _keys(g)).root.hex(),
    "checkpoint.cosignatures": lambda g: {key.name: at for key, at in cosigned(_bytes(g), _keys(g)).items()},
    "proof.parse": lambda g: read_proof(_bytes(g)).entry,
    "proof.verify": lambda g: judge_proof(read_proof(_bytes(g)), _bytes(g, "leaf"), read_policy(_bytes(g, "policy"))).root.hex(),
    "policy.parse": lambda g: read_policy(_bytes(g)).quorum,
    "policy.witnessed": lambda g: read_policy(_bytes(g, "policy")).witnessed(_bytes(g))[1],
    "statement.parse": lambda g: read_statement(_bytes(g)).sid,
    "entry.parse": lambda g: read_entry(_bytes(g))[1].sid,
    "moment.read": lambda g: _moment(g["text"]),
    "box.read": lambda g: require(re.fullmatch(PATTERNS["box id"], g["text"]), "box.id"),
    "private.commit": _opened,
    "private.check": _opened,
    "receipt.parse": lambda g: read_receipt(_bytes(g))[1].sid,
    "receipt.verify": lambda g: judge_receipt(_bytes(g), read_policy(_bytes(g, "policy")))[1].root.hex(),
    "excerpt.parse": lambda g: sorted(read_excerpt(_bytes(g)).entries),
    "excerpt.prove": lambda g: _proven(g)[1].root.hex(),
    "excerpt.replay": lambda g: sorted(_proven(g)[0].entries),
    "report.facts": lambda g: sha256(write_json(read_facts(_bytes(g)))).hex(),
    "report.read": _report,
    "report.evidence": _evidence,
    "report.check": lambda g: judge_paper(_bytes(g), _trust(g)),
    "ledger.begin": lambda g: _after(g).origin,
    "ledger.take": lambda g: _after(g).take(len(g["entries"]), _bytes(g)),
    "ledger.verify": _ledger,
    "export.verify": _export,
    "reveal.check": _reveal,
}


def answer_to(question: str) -> Result:
    """The answer to one line of the protocol."""
    given = json.loads(question)
    case = {"case": given["case"]}
    if given["what"] not in ASKED:
        return {**case, "verdict": "unsupported"}
    try:
        value = ASKED[given["what"]](given)
    except Refused as why:
        return {**case, "verdict": "refused", "code": why.code}
    return {**case, **value} if isinstance(value, dict) and "verdict" in value else {**case, "verdict": "accepted", "value": value}


# ---- The command line -----------------------------------------------------------------------------------------------------

EXITS = {"consistent": 0, "intact": 0, "altered": 3, "undecided": 4}
WORDS = {
    "consistent": ("KONSISTEN", "CONSISTENT"),
    "intact": ("UTUH", "INTACT"),
    "altered": ("DIUBAH", "ALTERED"),
    "undecided": ("TIDAK DAPAT DIPUTUSKAN", "CANNOT BE DECIDED"),
    "check.not-compared": ("bukti utuh, halaman tidak dibandingkan", "evidence intact, page not compared"),
    "check.evidence": ("bukti utuh", "evidence intact"),
    "entry": ("entri", "entry"),
    "checkpoint": ("titik periksa", "checkpoint"),
    "path": ("berkas", "file"),
    "step": ("langkah", "step"),
    "size": ("entri diperiksa", "entries checked"),
    "none": ("tanpa saksi sejak entri", "unwitnessed since entry"),
    "told": ("temuan", "finding"),
    "opened": ("dibuka", "revealed"),
    "procedure": ("Tata cara tidak dinilai di sini.", "Procedure is not judged here."),
    "against": ("--against: berkas untuk ekspor, ekspor untuk bukaan", "--against: files for an export, exports for a reveal"),
    "unread": ("tidak dapat dibaca", "cannot be read"),
}


def folder_of(path: Path, policy: Policy | None, outside: Sequence[Outside] = ()) -> Answer:
    """What is said of the export in a folder."""
    links = [found.relative_to(path).as_posix() for found in path.rglob("*") if found.is_symlink()]
    if links:
        return Answer("undecided", [], [Fault(0, "export.link", path=min(links))], [])  # chapter 25, links
    names = [found.relative_to(path).as_posix() for found in path.rglob("*") if found.is_file()]
    return judge_export(lambda name: (path / name).read_bytes() if name in names else None, names, policy, outside)


def look(path: Path, policy: Policy | None, against: Sequence[Path]) -> Result:
    """What `path` is, by what it holds, and what is said of it."""
    if (path / "facts.json").is_file():
        if not all((path / name).is_file() for name in FILES):
            return {"verdict": "undecided", "code": "check.unproven"}
        return judge_evidence([(path / name).read_bytes() for name in FILES], policy)
    if path.is_dir():
        return judged(folder_of(path, policy, [_outside_of(one.read_bytes()) for one in against]))
    data = path.read_bytes()
    if data.startswith(b"%PDF-"):
        return judge_paper(data, policy)
    if policy is None:
        return {"verdict": "undecided", "code": "check.no-trust"}
    exports = [folder_of(folder, policy) for folder in against]
    for answer in exports:
        if answer.integrity != "consistent":  # what it is to be held against is not in order: that is told first
            return judged(answer)
    return judge_file(data, policy, [answer.leaves for answer in exports])


def judge_file(data: bytes, policy: Policy, exports: Sequence[Sequence[bytes]] = ()) -> Result:
    """A receipt, an excerpt or a reveal, told by its first line; a reveal also against the leaves of exports."""

    def revealed() -> dict[str, str]:
        for leaves in exports:
            judge_reveal(data, policy, leaves)
        return judge_reveal(data, policy)

    kinds: dict[bytes, Callable[[], Any]] = {
        REVEAL: revealed,
        b"custody/excerpt/v1\n": lambda: replay_excerpt(read_excerpt(data), prove_excerpt(read_excerpt(data), policy)).told,
        b"c2sp.org/tlog-proof@v1\n": lambda: judge_receipt(data, policy)[1].size,
    }
    for start, judge in kinds.items():
        if data.startswith(start):
            try:
                return {"verdict": "intact", "value": judge()}
            except Refused as why:
                return {"verdict": "undecided" if _proves_nothing(why.code) else "altered", "code": why.code}
    return {"verdict": "undecided", "code": "outside.form"}


def _proves_nothing(code: str) -> bool:
    """RECEIPT-5: of another form, under keys that are not known, without the witnesses that are asked for."""
    form = code.split(".")[0] in ("checkpoint", "json", "key", "note", "proof", "receipt", "statement") and code != "note.signature"
    return form or code in ("excerpt.form", "reveal.form", "policy.logs", "excerpt.unwitnessed")


def fits(path: Path, against: Sequence[Path]) -> bool:
    """Whether `--against` means something: files for an export, exports for a reveal, nothing for anything else."""
    if path.is_dir() and not (path / "facts.json").is_file():
        return not any(map(Path.is_dir, against))
    return not against or (path.is_file() and path.read_bytes().startswith(REVEAL) and all(map(Path.is_dir, against)))


def say(result: Result, tongue: int) -> str:
    """An answer in words; `tongue` is 0 for Indonesian, 1 for English."""
    lines = [WORDS[result["verdict"]][tongue]]
    for fault in result.get("faults") or result.get("undecided") or ([result] if "code" in result else []):
        where = ", ".join(f"{WORDS[name][tongue]} {fault[name]}" for name in ("step", "entry", "checkpoint", "path") if name in fault)
        lines.append(
            f"  {fault['code']}"
            + (f" ({where})" if where else "")
            + (f": {WORDS[fault['code']][tongue]}" if fault["code"] in WORDS else "")
        )
    for code, entries in result.get("findings", []):
        lines.append(f"  {WORDS['told'][tongue]}: {code} ({WORDS['entry'][tongue]} {', '.join(map(str, entries))})")
    if isinstance(result.get("value"), dict):  # of a reveal
        lines += [f"  {WORDS['opened'][tongue]}: {place} = {value}" for place, value in result["value"].items()]
    if result.get("size") and "faults" in result:
        lines.append(
            f"  {WORDS['size'][tongue]}: {result['size']}; {WORDS['none'][tongue]} {result['witnessed'] or 0}. {WORDS['procedure'][tongue]}"
        )
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """The command; what it ends with."""
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0] if __doc__ else None, epilog="Exit / kode keluar: 0, 3 altered/diubah, 4 undecided."
    )
    parser.add_argument(
        "path", nargs="?", type=Path, help="folder ekspor, tanda terima, bukti, petikan, PDF · export, receipt, proof, excerpt, PDF"
    )
    parser.add_argument("--policy", type=Path, help="berkas kepercayaan Anda sendiri · your own trust file")
    parser.add_argument(
        "--against", type=Path, action="append", default=[], help="untuk ekspor: titik periksa, tanda terima; untuk bukaan: ekspor · "
        "of an export: a checkpoint, a receipt; of a reveal: an export"
    )  # fmt: skip
    parser.add_argument("--require-witness", action="store_true", help="keluar 4 tanpa saksi · exit 4 where witnesses are lacking")
    parser.add_argument("--en", action="store_true", help="dalam bahasa Inggris · in English")
    parser.add_argument("--json", action="store_true", help="jawaban sebagai JSON · the answer as JSON")
    parser.add_argument(
        "--protocol", action="store_true", help="tanya jawab baris demi baris (PROTOCOL.md) · questions and answers, line by line"
    )
    given = parser.parse_args(argv)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a name that this terminal has no letters for
    if given.protocol:
        for line in sys.stdin:
            print(json.dumps(answer_to(line)), flush=True)
        return 0
    if given.path is None:
        parser.error("PATH?")
    try:
        if not fits(given.path, given.against):
            parser.error(WORDS["against"][given.en])
        policy = read_policy(given.policy.read_bytes()) if given.policy else None
        result = look(given.path, policy, given.against)
    except (OSError, Refused) as why:
        print(f"{given.policy or given.path} {WORDS['unread'][given.en]}: {why}", file=sys.stderr)
        return 2
    print(json.dumps(result) if given.json else say(result, given.en))
    unwitnessed = given.require_witness and (result.get("witnessed") or 0) < result.get("size", 0)
    return EXITS[result["verdict"]] or (4 if unwitnessed or result.get("undecided") else 0)


if __name__ == "__main__":
    sys.exit(main())

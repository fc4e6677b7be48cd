"""The kinds of statements and the fields of each: one table, closed (spec chapter 08)."""

from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from custody.core import shapes as s
from custody.core.schema import BOOLEAN, Shape, integer, many, null_or, one_of, record, sorted_set, text

COMMON = {"at": s.MOMENT, "happened": s.HAPPENED, "ledger": s.HASH, "seen": null_or(s.SEEN)}


@dataclass(frozen=True)
class Kind:
    """One kind of statement.

    link: it carries `prev` per box, may move a box, and alone can fork.
    takes_effect: `authority` in ledger order, `box` in the box's own chain, `none` where it only tells.
    """

    name: str
    shape: Shape
    link: bool = False
    takes_effect: str = "none"


_SCOPES = (
    "box", "tps", "desa", "kecamatan", "warehouse", "operation", "consignment", "incident", "officer", "shift", "deed",
)  # fmt: skip
_SCOPE = record({"code": text(64), "kind": one_of(*_SCOPES)})
_COMMITMENTS = {name: null_or(s.COMMITMENT) for name in ("name", "number", "rank", "unit")}
_AUTHORITY = record({"institution": s.CODE, "key": s.PERSON_KEY, "person": s.NONCE, **_COMMITMENTS})
_ROLES = sorted_set(one_of(*s.ROLES), 0, len(s.ROLES))
_POINTS = sorted_set(s.POINT, 0, 32)
_MEN = integer(0, 99)
_VULNERABILITY = one_of(*s.VULNERABILITIES)
OPENING = record({"basis": one_of(*s.OPENING_BASES), "invited": _ROLES, "order": BOOLEAN, "present": _ROLES})
PATTERN = record({"linmas": _MEN, "police": _MEN, "tps": integer(1, 99), "vulnerability": _VULNERABILITY})
PHASE = record({"phase": one_of(*s.PHASES), "points": _POINTS})
BOX_TYPE = record({"code": s.TYPE, "colour": s.CODE, "name": s.NAME})
PROFILE = record(
    {
        "code": s.ELECTION,
        "name": s.NAME,
        "openings": sorted_set(OPENING, 0, len(s.OPENING_BASES), key=itemgetter("basis")),
        "patterns": sorted_set(PATTERN, 0, len(s.VULNERABILITIES), key=itemgetter("vulnerability")),
        "phases": sorted_set(PHASE, 0, len(s.PHASES), key=itemgetter("phase")),
        "plenary": BOOLEAN,
        "points": _POINTS,
        "recap": integer(0, 99),
        "retention": null_or(integer(1, 36_500)),
        "types": sorted_set(BOX_TYPE, 1, 16, key=itemgetter("code")),
    }
)
PLACE = record(
    {
        "code": s.PLACE,
        "kind": one_of(*s.PLACE_KINDS),
        "name": s.NAME,
        "parent": null_or(s.PLACE),
        "remote": BOOLEAN,
        "vulnerability": null_or(_VULNERABILITY),
    }
)
_MINUTES = null_or(integer(1, 100_000))


def _in_order(leg: dict[str, Any]) -> bool:
    return leg["least"] is None or leg["limit"] is None or leg["least"] <= leg["limit"]


_LEG_FIELDS = {
    "escorts": _MEN,
    "from": one_of(*s.PLACE_KINDS),
    "least": _MINUTES,
    "limit": _MINUTES,
    "to": one_of(*s.PLACE_KINDS),
}
LEG = record(_LEG_FIELDS, _in_order, "least no more than limit")
_REGISTERED = record(
    {
        "box": s.BOX,
        "codes": sorted_set(text(64), 0, 8),
        "place": s.PLACE,
        "replaces": null_or(s.BOX),
        "round": integer(1, 99),
        "type": s.TYPE,
    }
)
_LABEL = record({"box": null_or(s.BOX), "code": s.HASH, "copy": integer(1, 999)})


def _decides(row: dict[str, Any]) -> bool:
    return bool(row["stands"] not in row["falls"] and (row["falls"] or row["stands"] is not None))


_JUDGED_FIELDS = {"box": s.BOX, "falls": sorted_set(s.HASH, 0, 32), "prev": null_or(s.HASH), "stands": null_or(s.HASH)}
_JUDGED = record(_JUDGED_FIELDS, _decides, "something stands or falls, and nothing does both")
_PRESENT = record({"institution": null_or(s.CODE), "key": null_or(s.KEY_NAME), "name": null_or(s.COMMITMENT), "role": one_of(*s.ROLES)})
_VISITOR = record(
    {"institution": null_or(s.CODE), "key": null_or(s.KEY_NAME), "name": null_or(s.COMMITMENT), "role": null_or(one_of(*s.ROLES))}
)
_NOTED = {"irregular": s.IRREGULAR, "note": null_or(s.COMMITMENT), "photos": s.PHOTOS}

_FOUNDING = {
    "at": s.MOMENT,
    "authorities": sorted_set(_AUTHORITY, 1, 15, key=itemgetter("key")),
    "delegates": BOOLEAN,
    "domain": s.KEY_NAME,
    "drill": BOOLEAN,
    "guard_receives": BOOLEAN,
    "happened": s.HAPPENED,
    "ledger_key": s.HASH,
    "ledger_key_use": one_of("file", "unlocked"),
    "operation": s.NAME,
    "procedure": null_or(s.HASH),
    "profile": PROFILE,
    "seen": null_or(s.SEEN),
    "skew": integer(0, 86_400),
    "supervisors": integer(1, 15),
    "threshold": integer(1, 15),
    "zone": one_of("Asia/Jakarta", "Asia/Jayapura", "Asia/Makassar", "Asia/Pontianak"),
}
_ENROL = {
    **COMMON,
    **_COMMITMENTS,
    "delegate": BOOLEAN,
    "institution": null_or(s.CODE),
    "key": s.VERIFIER_KEY,
    "person": s.NONCE,
    "places": s.PLACES,
    "role": one_of(*s.ROLES),
}
_REVOKE = {
    **COMMON,
    "key": s.KEY_REFERENCE,
    "reason": one_of("lost", "stolen", "compromised", "left", "rotated", "mistake", "other"),
    "since": null_or(s.MOMENT),
}
_PLACES = {
    **COMMON,
    "legs": sorted_set(LEG, 0, 64, key=itemgetter("from", "to")),
    "places": sorted_set(PLACE, 0, 400, key=itemgetter("code")),
}
_REGISTER = {
    **COMMON,
    "boxes": sorted_set(_REGISTERED, 1, 300, key=itemgetter("box")),
    "reason": one_of("first", "recap", "psu", "psl", "pss", "pssu-mk", "replacement", "correction"),
}
_LABELS = {
    **COMMON,
    "labels": sorted_set(_LABEL, 1, 400, key=itemgetter("code")),
    "reason": one_of("first", "spare", *s.REPRINTS),
}
_SEAL = {
    **COMMON,
    **_NOTED,
    "boxes": s.LINKED,
    "phase": one_of(*s.PHASES),
    "place": s.PLACE,
    "sealer": s.KEY_NAME,
    "witness": s.KEY_NAME,
}
_HANDOFF = {
    **COMMON,
    **_NOTED,
    "boxes": s.CARRIED,
    "carrier": null_or(one_of(*s.CARRIERS)),
    "conditions": s.CODES,
    "consignment": null_or(s.CONSIGNMENT),
    "due": null_or(s.MOMENT),
    "escort": s.ESCORT,
    "from": s.PLACE,
    "giver": null_or(s.KEY_NAME),
    "place": s.PLACE,
    "receiver": s.KEY_NAME,
    "recorder": null_or(s.KEY_NAME),
    "things": s.THINGS,
    "through": null_or(s.KEY_NAME),
    "to": s.PLACE,
    "unsigned": null_or(s.UNSIGNED),
    "vehicle": null_or(s.NUMBER),
    "withdraws": s.SIDS,
}


def _of_a_leg(body: dict[str, Any]) -> bool:
    return body["place"] in (body["from"], body["to"]) and bool(body["boxes"] or body["things"])


_ACK = {**COMMON, **_NOTED, "about": s.ONE_SID, "boxes": s.lines(1), "place": s.PLACE, "side": one_of("giver", "receiver")}
_OPENING = {
    **COMMON,
    **_NOTED,
    "basis": one_of(*s.OPENING_BASES),
    "boxes": s.LINKED,
    "closed": null_or(s.MOMENT),
    "invited": many(_PRESENT, 0, 32),
    "officer": s.KEY_NAME,
    "order": null_or(s.ORDER),
    "place": s.PLACE,
    "present": many(_PRESENT, 0, 32),
    "put_back": s.THINGS,
    "taken_out": s.THINGS,
}
_INSPECTION = {
    **COMMON,
    **_NOTED,
    "boxes": s.FOUND,
    "counted": null_or(integer(0, 99_999)),
    "defects": s.CODES,
    "door": null_or(one_of(*s.DOORS)),
    "extra": s.BOXES,
    "lock": null_or(one_of(*s.LOCKS)),
    "missing": s.BOXES,
    "officer": s.KEY_NAME,
    "place": s.PLACE,
}
_SHIFT = {
    **COMMON,
    **_NOTED,
    "counted": integer(0, 99_999),
    "door": one_of(*s.DOORS),
    "door_seal": null_or(s.NUMBER),
    "equipment": s.THINGS,
    "incidents": s.SIDS,
    "incoming": s.KEY_NAME,
    "lock": one_of(*s.LOCKS),
    "outgoing": null_or(s.KEY_NAME),
    "place": s.PLACE,
    "team": _MEN,
    "visitors": integer(0, 9_999),
}
_VISIT = {
    **COMMON,
    **_NOTED,
    "leave": null_or(s.KEY_NAME),
    "left": null_or(s.MOMENT),
    "officer": s.KEY_NAME,
    "persons": many(_VISITOR, 1, 32),
    "place": s.PLACE,
    "why": one_of(*s.VISITS),
}
_MANIFEST = {
    **COMMON,
    **_NOTED,
    "boxes": s.BOXES,
    "due": null_or(s.MOMENT),
    "from": s.PLACE,
    "id": s.NONCE,
    "officer": s.KEY_NAME,
    "order": null_or(s.ORDER),
    "part": integer(1, 999),
    "parts": integer(1, 999),
    "things": s.THINGS,
    "to": s.PLACE,
    "vehicles": integer(0, 999),
}


def _of_its_parts(body: dict[str, Any]) -> bool:
    return bool(body["part"] <= body["parts"])


_PLENARY = {
    **COMMON,
    **_NOTED,
    "officer": s.KEY_NAME,
    "panels": integer(0, 99),
    "place": s.PLACE,
    "step": one_of(*s.STEPS),
    "venue": null_or(s.PLACE),
    "witness": null_or(s.KEY_NAME),
}
_INCIDENT = {
    **COMMON,
    **_NOTED,
    "about": s.SIDS,
    "boxes": s.BOXES,
    "code": one_of(*s.INCIDENTS),
    "due": null_or(s.MOMENT),
    "owner": null_or(s.KEY_NAME),
    "place": s.PLACE,
    "settles": s.SIDS,
}
_CORRECTION = {
    **COMMON,
    "about": s.ONE_SID,
    "boxes": s.BOXES,
    "effect": one_of("remark", "void"),
    "instead": null_or(s.HASH),
    "note": null_or(s.COMMITMENT),
    "reason": one_of("wrong-box", "wrong-person", "wrong-place", "wrong-seal", "did-not-happen", "double", "other"),
}


def _of_boxes(body: dict[str, Any]) -> bool:
    return bool(body["boxes"]) or body["effect"] == "remark"


_RULING = {
    **COMMON,
    "boxes": sorted_set(_JUDGED, 1, s.MOST_BOXES, key=itemgetter("box")),
    "note": null_or(s.COMMITMENT),
    "order": null_or(s.ORDER),
    "supersedes": s.SIDS,
}
_REPORT = {**COMMON, "drawing": s.CODE, "facts": s.HASH, "scope": _SCOPE, "size": s.SIZE, "upto": s.SIZE}
_CLOSING = {
    **COMMON,
    **_NOTED,
    "boxes": s.LINKED,
    "end": one_of(*s.ENDS),
    "permit": s.ORDER,
    "place": s.PLACE,
}

KINDS = {
    kind.name: kind
    for kind in (
        Kind("founding", record(_FOUNDING), takes_effect="authority"),
        Kind("enrol", record(_ENROL), takes_effect="authority"),
        Kind("revoke", record(_REVOKE), takes_effect="authority"),
        Kind("places", record(_PLACES), takes_effect="authority"),
        Kind("register", record(_REGISTER), takes_effect="authority"),
        Kind("label", record(_LABELS)),
        Kind("seal", record(_SEAL), link=True, takes_effect="box"),
        Kind("handoff", record(_HANDOFF, _of_a_leg, "place is from or to, and boxes or things"), link=True, takes_effect="box"),
        Kind("ack", record(_ACK), takes_effect="box"),
        Kind("opening", record(_OPENING), link=True, takes_effect="box"),
        Kind("inspection", record(_INSPECTION), takes_effect="box"),
        Kind("shift", record(_SHIFT)),
        Kind("visit", record(_VISIT)),
        Kind("manifest", record(_MANIFEST, _of_its_parts, "part no greater than parts")),
        Kind("plenary", record(_PLENARY)),
        Kind("incident", record(_INCIDENT)),
        Kind("correction", record(_CORRECTION, _of_boxes, "boxes where it takes something back"), takes_effect="box"),
        Kind("ruling", record(_RULING), takes_effect="box"),
        Kind("report", record(_REPORT)),
        Kind("closing", record(_CLOSING), link=True, takes_effect="box"),
    )
}

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


_SCOPE = record({"code": text(64), "kind": one_of("box", "tps", "desa", "kecamatan", "warehouse", "operation")})
_COMMITMENTS = {name: null_or(s.COMMITMENT) for name in ("name", "number", "rank", "unit")}
_AUTHORITY = record({"institution": s.CODE, "key": s.PERSON_KEY, "person": s.NONCE, **_COMMITMENTS})
_BOX_TYPE = record({"code": s.TYPE, "colour": s.CODE, "name": s.NAME})
_PROFILE = record(
    {
        "code": s.ELECTION,
        "name": s.NAME,
        "points": sorted_set(s.POINT, 0, 32),
        "types": sorted_set(_BOX_TYPE, 1, 16, key=itemgetter("code")),
    }
)
_PLACE = record({"code": s.PLACE, "kind": one_of(*s.PLACE_KINDS), "name": s.NAME, "parent": null_or(s.PLACE)})
_LEG = record(
    {
        "escort": BOOLEAN,
        "from": one_of(*s.PLACE_KINDS),
        "limit": null_or(integer(1, 100_000)),
        "to": one_of(*s.PLACE_KINDS),
    }
)
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
_COUNTED = record({"count": integer(0, 99_999), "thing": s.CODE})
_JUDGED = record({"box": s.BOX, "falls": sorted_set(s.HASH, 1, 32), "prev": null_or(s.HASH), "stands": null_or(s.HASH)})
_PRESENT = record({"key": null_or(s.KEY_NAME), "name": null_or(s.COMMITMENT), "role": one_of(*s.ROLES)})
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
    "profile": _PROFILE,
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
    "legs": sorted_set(_LEG, 0, 64, key=itemgetter("from", "to")),
    "places": sorted_set(_PLACE, 0, 400, key=itemgetter("code")),
}
_REGISTER = {
    **COMMON,
    "boxes": sorted_set(_REGISTERED, 1, 300, key=itemgetter("box")),
    "reason": one_of("first", "rerun", "replacement", "correction"),
}
_LABELS = {
    **COMMON,
    "labels": sorted_set(_LABEL, 1, 400, key=itemgetter("code")),
    "reason": one_of("first", "reprint", "spare"),
}
_SEAL = {
    **COMMON,
    **_NOTED,
    "boxes": s.LINKED,
    "phase": one_of("packed", "voted", "plenary", "transit", "court", "stored"),
    "place": s.PLACE,
    "sealer": s.KEY_NAME,
    "witness": s.KEY_NAME,
}
_HANDOFF = {
    **COMMON,
    **_NOTED,
    "boxes": s.LINKED,
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
    "through": null_or(s.KEY_NAME),
    "to": s.PLACE,
    "unsigned": null_or(s.UNSIGNED),
    "vehicle": null_or(s.NUMBER),
    "withdraws": s.SIDS,
}


def _at_an_end(body: dict[str, Any]) -> bool:
    return body["place"] in (body["from"], body["to"])


_ACK = {**COMMON, **_NOTED, "about": s.ONE_SID, "boxes": s.lines(1), "place": s.PLACE, "side": one_of("giver", "receiver")}
_OPENING = {
    **COMMON,
    **_NOTED,
    "basis": one_of("plenary", "court-order", "kpu-order", "recount", "inspection", "emergency"),
    "boxes": s.LINKED,
    "invited": many(_PRESENT, 0, 32),
    "officer": s.KEY_NAME,
    "order": null_or(s.ORDER),
    "place": s.PLACE,
    "present": many(_PRESENT, 0, 32),
    "put_back": sorted_set(_COUNTED, 0, 32, key=itemgetter("thing")),
    "taken_out": sorted_set(_COUNTED, 0, 32, key=itemgetter("thing")),
}
_INSPECTION = {
    **COMMON,
    **_NOTED,
    "boxes": s.FOUND,
    "counted": null_or(integer(0, 99_999)),
    "defects": s.CODES,
    "extra": s.BOXES,
    "missing": s.BOXES,
    "officer": s.KEY_NAME,
    "place": s.PLACE,
}
_SHIFT = {
    **COMMON,
    **_NOTED,
    "counted": integer(0, 99_999),
    "door": one_of("sealed", "locked", "closed", "open", "damaged"),
    "equipment": sorted_set(_COUNTED, 0, 32, key=itemgetter("thing")),
    "incidents": s.SIDS,
    "incoming": s.KEY_NAME,
    "lock": one_of("intact", "changed", "broken", "none"),
    "outgoing": null_or(s.KEY_NAME),
    "place": s.PLACE,
    "visitors": integer(0, 9_999),
}
_INCIDENT = {**COMMON, **_NOTED, "about": s.SIDS, "boxes": s.BOXES, "code": s.CODE, "place": s.PLACE}
_CORRECTION = {
    **COMMON,
    "about": s.ONE_SID,
    "boxes": s.SOME_BOXES,
    "effect": one_of("remark", "void"),
    "instead": null_or(s.HASH),
    "note": null_or(s.COMMITMENT),
    "reason": one_of("wrong-box", "wrong-person", "wrong-place", "wrong-seal", "did-not-happen", "double", "other"),
}
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
    "end": one_of("archived", "disposed", "destroyed", "court"),
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
        Kind("handoff", record(_HANDOFF, _at_an_end, "place is from or to"), link=True, takes_effect="box"),
        Kind("ack", record(_ACK), takes_effect="box"),
        Kind("opening", record(_OPENING), link=True),
        Kind("inspection", record(_INSPECTION)),
        Kind("shift", record(_SHIFT)),
        Kind("incident", record(_INCIDENT)),
        Kind("correction", record(_CORRECTION), takes_effect="box"),
        Kind("ruling", record(_RULING)),
        Kind("report", record(_REPORT)),
        Kind("closing", record(_CLOSING), link=True),
    )
}

"""The shapes that fields of statements share: hashes, keys, places, seals, box lines (spec chapter 07)."""

import re
from operator import itemgetter
from typing import Any

from custody.core import boxid, moment
from custody.core.errors import Malformed
from custody.core.note import ED25519, VerifierKey
from custody.core.schema import BOOLEAN, Shape, formed, integer, null_or, one_of, pattern, record, simple, sorted_set, text

ROLES = (
    "authority", "supervisor", "kpps", "pps", "ppk", "keeper", "guard", "escort", "leader", "witness", "ledger",
)  # fmt: skip
PLACE_KINDS = ("kabupaten", "kecamatan", "desa", "tps", "store", "warehouse", "office", "vehicle", "court")
VULNERABILITIES = ("low", "medium", "high")
PHASES = ("packed", "voted", "plenary", "transit", "court", "stored")
SEAL_STATES = ("intact", "loose", "torn", "missing", "replaced")
IDENTIFIED = ("scanned", "typed", "sight", "other-code")
BASES = ("now", "paper", "memory")
REPRINTS = ("reprint", "torn", "unreadable", "lost", "wrong-box", "copied", "other")  # why a label was printed anew
UNSIGNED_REASONS = ("no-key", "lost-key", "forgot-passphrase", "refused", "left", "found", "other")
RESTS = ("later", "weather", "no-room", "not-ready", "damaged", "missing", "other")
OPENING_BASES = ("plenary", "court-order", "kpu-order", "recount", "inspection", "emergency", "none")
DOORS = ("sealed", "locked", "closed", "open", "damaged")
LOCKS = ("intact", "changed", "broken", "none")
STEPS = ("begun", "paused", "resumed", "finished", "moved")
VISITS = ("deliver", "fetch", "inspect", "repair", "clean", "verify", "media", "rest", "other")
ENDS = ("archived", "disposed", "destroyed", "court", "lost", "replaced")
INCIDENTS = (
    "seal", "missing", "found", "extra", "wrong-place", "swapped", "damaged", "wet", "burnt", "sunk", "stolen", "accident", "delay",
    "opened", "intrusion", "threat", "lost-contact", "label", "not-ready", "contents", "keys-lost", "defect", "power", "replaced",
    "crew-change", "other",
)  # fmt: skip
CARRIERS = ("foot", "motorcycle", "car", "truck", "bus", "boat", "ship", "aircraft", "animal", "other")
MOST_BOXES = 250  # box lines a statement may hold; more is split into parts of one consignment

HASH = pattern("64 hex digits", r"[0-9a-f]{64}")
NONCE = pattern("32 hex digits", r"[0-9a-f]{32}")
SIGNATURE = pattern("128 hex digits", r"[0-9a-f]{128}")
KEY_NAME = pattern("key name", r"[a-z0-9-]{1,32}")
ORIGIN = r"custody\.[a-z0-9-]{1,32}/[0-9a-f]{32}"
KEY_REFERENCE = pattern("key name, or origin+key id", rf"[a-z0-9-]{{1,32}}|{ORIGIN}\+[0-9a-f]{{8}}")
PLACE = pattern("place code", r"[A-Z0-9][A-Z0-9-]{0,31}")
CODE = pattern("code word", r"[a-z][a-z0-9.-]{0,39}")
POINT = pattern("seal point", r"[a-z][a-z0-9-]{0,15}")
NUMBER = pattern("number", r"[A-Z0-9][A-Z0-9./-]{0,31}")
ORDER = pattern("order number", r"[A-Za-z0-9][A-Za-z0-9./ -]{0,63}")
TYPE = pattern("box type", r"[A-Z]{2,8}")
ELECTION = pattern("election code", r"[A-Z]{2,4}[0-9]{2}")
MOMENT = simple("YYYY-MM-DDTHH:MM:SSZ", moment.is_moment, f'"{moment.FORM}"')
BOX = pattern("box id", boxid.FORM)
NAME = text(80)
SIZE = integer(0, 2**53 - 1)


def _signing_key(name: str, names: str) -> Shape:
    """A verifier key (NOTE-9 to NOTE-11) of type 0x01 under such a name; one that could never sign is no key."""
    fits = re.compile(names).fullmatch

    def ok(value: Any) -> bool:
        try:
            key = VerifierKey.parse(value) if type(value) is str else None
        except Malformed:
            return False
        return key is not None and key.kind == ED25519 and fits(key.name) is not None

    return simple(name, ok, rf'"(?:{names})\+[0-9a-f]{{8}}\+[A-Za-z0-9+/]{{44}}"', ok)


PERSON_KEY = _signing_key("verifier key of a person", r"[a-z0-9-]{1,32}")
VERIFIER_KEY = _signing_key("verifier key", rf"[a-z0-9-]{{1,32}}|{ORIGIN}")
COMMITMENT = record({"c": HASH})
HAPPENED = record({"at": MOMENT, "basis": one_of(*BASES)})
SEEN = record({"root": HASH, "sig": SIGNATURE, "size": integer(1, 2**53 - 1)})
IRREGULAR = sorted_set(record({"finding": CODE, "reason": CODE}), 0, 16, key=itemgetter("finding", "reason"))
SIDS = sorted_set(HASH, 0, 64)
ONE_SID = sorted_set(HASH, 1, 1)
KEYS = sorted_set(KEY_NAME, 0, 32)
BOXES = sorted_set(BOX, 0, MOST_BOXES)
PLACES = sorted_set(PLACE, 0, 64)
CODES = sorted_set(CODE, 0, 32)


def _label_where_read(value: dict[str, Any]) -> bool:
    return (value["label"] is not None) == (value["how"] in ("scanned", "typed"))


BY = formed(
    record({"how": one_of(*IDENTIFIED), "label": null_or(HASH)}, _label_where_read, "a label hash where the code was scanned or typed"),
    rf'\{{"how":(?:"(?:scanned|typed)","label":{HASH.form}|"(?:sight|other-code)","label":null)\}}',
)
SEAL = record({"number": null_or(NUMBER), "point": POINT, "state": one_of(*SEAL_STATES)})
SEALS = sorted_set(SEAL, 0, 32, key=itemgetter("point"))
PHOTO = record({"box": null_or(BOX), "point": null_or(POINT), "sha256": HASH})
PHOTOS = sorted_set(PHOTO, 0, 32, key=itemgetter("sha256"))
THINGS = sorted_set(record({"count": integer(0, 99_999), "thing": CODE}), 0, 32, key=itemgetter("thing"))


def lines(low: int, **fields: Shape) -> Shape:
    """A list of box lines sorted by box, none twice: box, how it was identified, its seals, and `fields`."""
    return sorted_set(record({"box": BOX, "by": BY, "seals": SEALS, **fields}), low, MOST_BOXES, key=itemgetter("box"))


LINKED = lines(1, prev=null_or(HASH))
CARRIED = lines(0, prev=null_or(HASH))
FOUND = lines(0)
ESCORT = record({"count": integer(0, 999), "keys": KEYS, "order": null_or(ORDER), "present": BOOLEAN})
UNSIGNED = record({"deed": null_or(HASH), "name": null_or(COMMITMENT), "reason": one_of(*UNSIGNED_REASONS)})
CONSIGNMENT = record(
    {"id": NONCE, "part": integer(1, 999), "parts": integer(1, 999), "rest": null_or(one_of(*RESTS)), "trip": integer(1, 999)},
    lambda value: value["part"] <= value["parts"],
    "part no greater than parts",
)

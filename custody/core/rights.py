"""The table of roles: who may sign as what, and where (spec chapter 09, ROLE-1 to ROLE-6). Printed in the spec from here."""

from typing import NamedTuple

_HOLDERS = ("kpps", "pps", "ppk", "keeper")
_STAFF = (*_HOLDERS, "guard", "leader", "supervisor", "authority")
_EVERYBODY = (*_STAFF, "escort", "witness")
_LEADERS = ("guard", "leader", "keeper")


class Slot(NamedTuple):
    """One place for a signature: the field that names the key, the roles that may stand there, the fields that say where.

    party: a side of the act; no person may stand on two.
    """

    field: str
    roles: frozenset[str]
    where: tuple[str, ...]
    party: bool


SLOTS: dict[str, tuple[Slot, ...]] = {
    "seal": (
        Slot("sealer", frozenset(_HOLDERS), ("place",), True),
        Slot("witness", frozenset((*_STAFF, "witness")), (), True),
    ),
    "handoff": (
        Slot("giver", frozenset(_HOLDERS), ("from", "place"), True),
        Slot("receiver", frozenset(_HOLDERS), ("to", "place"), True),
        Slot("through", frozenset(("pps",)), (), False),
        Slot("recorder", frozenset(_STAFF), (), False),
    ),
    "opening": (Slot("officer", frozenset(_HOLDERS), ("place",), True),),
    "inspection": (Slot("officer", frozenset((*_STAFF, "witness")), ("place",), True),),
    "shift": (
        Slot("outgoing", frozenset(_LEADERS), ("place",), True),
        Slot("incoming", frozenset(_LEADERS), ("place",), True),
    ),
    "visit": (Slot("officer", frozenset(_STAFF), ("place",), True),),
    "manifest": (Slot("officer", frozenset((*_HOLDERS, "supervisor", "authority")), ("from",), True),),
    "plenary": (
        Slot("officer", frozenset(("ppk",)), ("place",), True),
        Slot("witness", frozenset((*_STAFF, "witness")), (), True),
    ),
}

# Kinds that name no signer in their fields: any one signature of these roles suffices.
SIGNERS: dict[str, frozenset[str]] = {
    "label": frozenset(_STAFF) - {"kpps"},
    "report": frozenset(_STAFF) - {"kpps"},
    "ack": frozenset(_HOLDERS) | {"guard"},
    "correction": frozenset(_STAFF),
    "incident": frozenset(_EVERYBODY),
    "ruling": frozenset(("supervisor",)),
    "closing": frozenset(("authority",)),
}

# A supervisor to whom enrolment is delegated may enrol these, at places inside his own (ROLE-4).
DELEGATED = frozenset(("kpps", "pps", "guard", "escort", "witness"))

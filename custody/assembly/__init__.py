"""The one place that joins the rooms: opens store, guard, private register and ledger key, and hands them to the wings (design chapter 3).

Doors ask here and nowhere else. Nothing is opened at import, and what is heavy is imported inside the functions, so that
`custody --help` loads no database.
"""

from custody.assembly.beginning import found
from custody.assembly.carrying import carried
from custody.assembly.ledgerkey import KeyMaker, file_key
from custody.assembly.office import (
    Office,
    Submitted,
    guard_of,
    ledger_of,
    open_office,
    own_folder,
    read_policy,
    state_folder,
)
from custody.assembly.safekeeping import (
    Restored,
    arrive,
    back_up,
    departed,
    familiar_passphrase,
    last_backup,
    leave,
    move_request,
    rebuild,
    restore,
    rotated,
    stay,
)
from custody.assembly.voiding import require_effect

__all__ = [
    "KeyMaker",
    "Office",
    "Restored",
    "Submitted",
    "arrive",
    "back_up",
    "carried",
    "departed",
    "familiar_passphrase",
    "file_key",
    "found",
    "guard_of",
    "last_backup",
    "leave",
    "ledger_of",
    "move_request",
    "open_office",
    "own_folder",
    "read_policy",
    "rebuild",
    "require_effect",
    "restore",
    "rotated",
    "state_folder",
    "stay",
]

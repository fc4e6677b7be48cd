"""Translates what PostgreSQL and the line to it say into our one family of errors. Keeps design chapter 3, "store"; ADR 0019.

What decides is the SQLSTATE (PostgreSQL manual, appendix A), not the sentence beside it, which comes in the server's language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from custody.core.errors import Altered, CustodyError, Fact, Locked, NoLedger, Refused

if TYPE_CHECKING:
    import psycopg

_MARK = "custody:"  # what our triggers put before their code

_PRIMARY_IS_GONE = frozenset(("57P01", "57P02", "57P03", "57P05", "25P03"))
_OF_STATE: dict[str, str] = {
    "3D000": "database.missing",
    "28P01": "database.password",
    "28000": "database.password",
    "42501": "database.rights",
    "25006": "database.standby",
    "53300": "database.busy",
    "53100": "database.full",
    "42P01": "database.unprepared",
    "3F000": "database.unprepared",
}
_SIGNS = {
    "database.missing": ('FATAL:  database "',),
    "database.password": ("no password supplied", "password authentication failed", 'FATAL:  role "', "no pg_hba.conf entry"),
    "database.standby": ("session is read-only", "server is in hot standby mode"),
    "database.tls": (
        "certificate verify failed",
        "does not match host name",
        "signature failure",
        "server does not support SSL",
        "root certificate file",
    ),
    "database.busy": ("too many clients", "remaining connection slots"),
}


def translate(error: BaseException, where: str) -> CustodyError:
    """The error of ours that says the same; `where` is the address without its password."""
    if isinstance(error, CustodyError):
        return error
    state = getattr(error, "sqlstate", None) or ""
    told = _first_line(error)
    if state == "P0001" and told.startswith(_MARK):
        return Refused(told.removeprefix(_MARK))
    if state in ("55P03", "40P01", "40001"):
        return Locked("store.locked", path=where, pid="?")
    if state in _OF_STATE:
        return _kind(_OF_STATE[state])(_OF_STATE[state], path=where, reason=told)
    if state.startswith("XX") or state == "58P01":
        return Altered("store.damaged", path=where, reason=state)
    if state.startswith(("22", "23")):
        return Refused("store.row", reason=told)
    if not state or state[:2] in ("08",) or state in _PRIMARY_IS_GONE:
        return Refused("database.lost", path=where, reason=told)
    return Refused("database.io", path=where, reason=f"{state} {told}")


def unreachable(error: psycopg.Error, where: str) -> CustodyError:
    """What a failed attempt to connect says.

    libpq gives no SQLSTATE here, so this once the words are read: where a server speaks another language, or several servers answered
    differently, it is `database.unreachable`, with what they said; of one that could not prove who it is before that of others.
    """
    lines = [line for line in str(error).splitlines() if "failed:" in line]
    for code, signs in _SIGNS.items():
        if lines and all(any(sign in line for sign in signs) for line in lines):
            return _kind(code)(code, path=where, reason=_first_line(error))
    unproven = next((line for line in lines if any(sign in line for sign in _SIGNS["database.tls"])), None)
    return Refused("database.unreachable", path=where, reason=unproven[:200] if unproven else _first_line(error))


def _kind(code: str) -> type[CustodyError]:
    return NoLedger if code in ("database.missing", "database.unprepared") else Refused


def _first_line(error: BaseException) -> str:
    said: Fact = getattr(getattr(error, "diag", None), "message_primary", None) or str(error) or type(error).__name__
    return str(said).strip().splitlines()[0][:200]

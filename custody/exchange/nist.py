"""The ledger as an election event log of NIST SP 1500-101, and the page that explains its words (spec chapter 28, NIST-1 to NIST-3)."""

from collections.abc import Iterator
from typing import Any

import orjson

from custody.core.findings import SEVERITY, Finding
from custody.core.kinds import KINDS
from custody.exchange.events import step
from custody.exchange.notice import about
from custody.exchange.source import COMPLETE, Source, Told
from custody.i18n import words

TYPE = "EventLogging."
TYPES = (
    "accepting", "acknowledging", "commissioning", "cycle_counting", "decommissioning", "departing", "destroying", "encoding", "finding",
    "inspecting", "other", "packing", "receiving", "staging_outbound", "stock_taking", "storing", "unpacking",
)  # fmt: skip


def document(source: Source) -> Iterator[bytes]:
    """The log in pieces, each a line: one event for each entry, and after them one for each finding."""
    log = orjson.dumps(_log(source))
    device = orjson.dumps(_device(source))
    yield log[:-1] + b',"Device":[' + device[:-1] + b',"Event":[\n'
    between = b""
    for event in events(source):
        yield between + orjson.dumps(event)
        between = b",\n"
    yield b"\n]}]}\n"


def events(source: Source) -> Iterator[dict[str, str]]:
    """The events; `Sequence` is the number of the entry, or `finding-` and a number from 1."""
    for told in source.entries():
        yield _event(told)
    for number, one in enumerate(source.findings(), 1):
        yield _found(one, number, source.made)


def documentation(source: Source, lang: str) -> bytes:
    """The companion: what each event id and type means. :param lang: `id` or `en`."""
    ids = [(name, words.say(f"kind.{name}", {}, lang)) for name in sorted(KINDS)]
    ids += [(code, words.say("exchange.nist.finding", {"severity": SEVERITY[code]}, lang)) for code in sorted(SEVERITY)]
    types = [(name, words.say(f"exchange.step.{name}", {}, lang)) for name in TYPES]
    types += [(name, words.say(f"kind.{name}", {}, lang)) for name in sorted(KINDS)]
    page = {
        "@type": f"{TYPE}ElectionEventLogDocumentation",
        "DeviceId": source.head.origin,
        "DeviceManufacturer": "custody",
        "DeviceModel": "custody-ledger",
        "DeviceVersion": source.version,
        "EventIdDescription": [{"@type": f"{TYPE}EventIdDescription", "Id": name, "Description": told} for name, told in ids],
        "EventTypeDescription": [{"@type": f"{TYPE}EventTypeDescription", "Type": name, "Description": told} for name, told in types],
        "GeneratedDate": source.made[:10],
    }
    return orjson.dumps(page, option=orjson.OPT_INDENT_2) + b"\n"


def _log(source: Source) -> dict[str, Any]:
    return {
        "@type": f"{TYPE}ElectionEventLog",
        "GeneratedTime": source.made,
        "ElectionId": source.founding.body["profile"]["code"],
        "Details": orjson.dumps(about(source)).decode(),
    }


def _device(source: Source) -> dict[str, Any]:
    told = {"Manufacturer": "custody", "Model": "custody-ledger", "Version": source.version}
    return {
        "@type": f"{TYPE}Device",
        "Id": source.head.origin,
        "Type": "other",
        "OtherType": "custody-ledger",
        "HashType": "sha-256",
        **told,
    }


def _event(told: Told) -> dict[str, str]:
    """One entry. `Hash` is its leaf hash; `Details` the line of JSON that was signed, byte for byte, with its commitments and no names."""
    act = told.act
    return {
        "@type": f"{TYPE}Event",
        "Id": told.kind,
        "Sequence": str(told.entry),
        "TimeStamp": act.body["happened"]["at"],
        "Type": step(told),
        **_disposition(told),
        "UserId": " ".join(sorted(act.signed)),
        "Hash": told.leaf.hex(),
        "Description": act.sid,
        "Details": act.statement.text.split(b"\n")[1].decode(),
    }


def _disposition(told: Told) -> dict[str, str]:
    """`na` for an entry that says nothing new; `other` with the stage as long as signatures lack."""
    if not told.fresh:
        return {"Disposition": "na"}
    return {"Disposition": "success"} if told.stage == COMPLETE else {"Disposition": "other", "OtherDisposition": told.stage}


def _found(one: Finding, number: int, made: str) -> dict[str, str]:
    facts = {"box": one.box, "entries": one.entries, "facts": dict(one.facts), "stated": one.stated}
    return {
        "@type": f"{TYPE}Event",
        "Id": one.code,
        "Sequence": f"finding-{number}",
        "TimeStamp": made,
        "Type": "finding",
        "Disposition": "failure" if one.severity == "breach" else "na",
        "Severity": one.severity,
        "Details": orjson.dumps(facts).decode(),
    }

"""The vectors of docs/spec as questions of the protocol (docs/spec/verifier/PROTOCOL.md).

`ASKED` says for each operation of a vector what is sent, `VALUES` what comes back. An operation that is not there, such as drawing a
page, is no question to a verifier; `BESIDE` says why.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Given = Mapping[str, Any]
BASE = "ledger-small"
CHAPTERS = (
    *(
        "01-json",
        "02-note",
        "03-tree",
        "04-checkpoint",
        "05-proof",
        "06-policy",
        "07-statement",
        "08-kinds",
        "09-acts",
        "09-boxes",
        "09-ends",
        "09-entries",
    ),
    *("09-fold", "09-roster", "10-law", "10-legs", "10-openings", "10-steps", "13-report", "14-receipt", "16-excerpt"),
    *("17-rooms", "18-consignments", "19-plenary", "20-incidents", "25-export"),
)
# Operations of these chapters that are not asked, and why.
BESIDE = {
    "json.encode": "a verifier writes nothing",
    "tree.show": "an example for the page",
    "receipt.judge": "altered and undecided are both told as refused",
    **dict.fromkeys(("ledger.admit", "ledger.kept"), "what the office's own program does with its database"),
    **dict.fromkeys(
        ("ledger.held", "ledger.covered", "ledger.against", "ledger.books", "ledger.rooms", "ledger.openings", "law.ask"), "procedure"
    ),
    **dict.fromkeys(
        ("report.show", "report.scope", "report.names", "report.told", "report.words", "report.booked", "report.course", "report.seals"),
        "the page",
    ),
    **dict.fromkeys(("report.named", "report.first", "report.packed", "report.draw", "report.check", "report.carried"), "the page"),
    **dict.fromkeys(("page.write", "page.read", "page.draw"), "codes of pages"),
    "report.standing": "takes the fold of boxes",
    **dict.fromkeys(
        ("export.file", "export.number", "export.tile", "export.bundle", "export.paths", "export.write"), "how an export is written"
    ),
}


@dataclass(frozen=True)
class Question:
    """What is asked of a verifier and what it should answer; `rule` and `name` are those of the vector."""

    chapter: str
    rule: str
    name: str
    ask: dict[str, Any]
    want: dict[str, Any]


def folder() -> Path:
    """Where the vectors lie: beside this file in an installed program, among the fixtures in its sources."""
    own = Path(__file__).parent / "vectors"
    return own if own.is_dir() else Path(__file__).parents[2] / "fixtures" / "vectors"


def questions(chapter: str) -> Iterator[Question]:
    """Those of one file of vectors. A vector that is refused gives two: itself, and the same without its flaw."""
    document = _document(chapter)
    books = Books(_document(BASE), document)
    for vector in document["vectors"]:
        make = ASKED.get(vector["do"])
        if make is None or {"start", "stopped"} & vector["given"].keys() or vector.get("base", BASE) != BASE:
            continue
        rule, name = vector["must"], vector["name"]
        yield Question(chapter, rule, name, {"what": WHAT.get(vector["do"], vector["do"]), **make(vector["given"], books)}, _wanted(vector))
        if "error" in vector and vector.get("mended"):
            ask = {"what": WHAT.get(vector["do"], vector["do"]), **make(vector["mended"], books)}
            good = "consistent" if vector["do"] == "export.verify" else "accepted"
            yield Question(chapter, rule, f"{name}, mended", ask, {"verdict": good})


def _document(chapter: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder() / f"{chapter}.json").read_bytes())
    return document


def data64(data: bytes | str) -> str:
    """Bytes as the protocol carries them."""
    return b64encode(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data).decode()


def octets(given: Given, field: str = "text") -> str:
    """The bytes of a field of a vector (fixtures/README.md), as the protocol carries them."""
    if f"{field}_hex" in given:
        return data64(bytes.fromhex(given[f"{field}_hex"]))
    return data64(given[field].replace("(fill)", "x" * given.get(f"{field}_fill", 0), 1))


def hexed(value: str | list[str]) -> Any:
    """Hashes, which vectors write in hex, as the protocol carries them."""
    return [data64(bytes.fromhex(one)) for one in value] if isinstance(value, list) else data64(bytes.fromhex(value))


@dataclass(frozen=True)
class Books:
    """The small ledger that the vectors start from, and the document that a vector is from."""

    base: Mapping[str, Any]
    document: Mapping[str, Any]

    def note(self, name: str) -> str:
        """A note by its name."""
        return data64({**self.base["notes"], **self.document.get("notes", {})}[name])

    def ledger(self, given: Given) -> dict[str, Any]:
        """The ledger that `given` tells of, by what differs from the base."""
        entries = [data64(one) for one in self.base["entries"]]
        for index, name in given.get("replace", {}).items():
            entries[int(index)] = self.note(name)
        entries = [*entries[: given.get("cut", len(entries))], *map(self.note, given.get("append", []))]
        kept = [*(one for one in self.base["checkpoints"] if one[0] not in given.get("drop", [])), *given.get("checkpoints", [])]
        checkpoints = [{"size": size, "data": data64(data)} for size, data in sorted(kept)]
        outside = [_outside(one) for one in given.get("outside", [])]
        return {
            "entries": entries,
            "checkpoints": checkpoints,
            "policy": data64(given.get("policy", self.base["policy"])),
            "outside": outside,
        }

    def export(self, given: Given) -> dict[str, str]:
        """The files of an export, some of them changed or taken away."""
        return {name: data for name, data in {**self.document["files"], **given.get("changes", {})}.items() if data is not None}

    def reveal(self, given: Given) -> dict[str, Any]:
        """A reveal with a trust file, and the export that it is held against."""
        files = {"files": self.export(given)} if given.get("export") else {}
        return {"data": octets(given, "file"), "policy": self.document["files"]["policy"], **files}

    def report(self, given: Given) -> dict[str, Any]:
        """The evidence of a report by its name."""
        report = self.document["reports"][given["report"]]
        return {name: data64(report[name]) for name in ("facts", "excerpt", "proof", "policy")}


def _outside(one: Mapping[str, Any]) -> dict[str, Any]:
    receipt = {"index": one["index"], "hashes": hexed(one["hashes"]), "leaf": hexed(one["leaf"])} if "leaf" in one else {}
    return {"checkpoint": data64(one["checkpoint"]), **receipt}


Made = Callable[[Given, Books], dict[str, Any]]
# What is asked under another name than that of the vector.
WHAT = {"ledger.say": "ledger.verify"}
_DATA: Made = lambda given, books: {"data": octets(given)}  # noqa: E731
_JUDGED: Made = lambda given, books: {"data": octets(given), "policy": octets(given, "policy")}  # noqa: E731
_PLAIN: Made = lambda given, books: dict(given)  # noqa: E731
ASKED: dict[str, Made] = {
    **dict.fromkeys(("json.decode", "note.split", "note.statement", "checkpoint.parse", "proof.parse", "policy.parse"), _DATA),
    **dict.fromkeys(("statement.parse", "entry.parse", "receipt.parse", "excerpt.parse", "report.facts"), _DATA),
    **dict.fromkeys(("receipt.verify", "excerpt.prove", "excerpt.replay"), _JUDGED),
    **dict.fromkeys(("private.commit", "private.check"), _PLAIN),
    "note.key": lambda given, books: {"text": given["key"]},
    "moment.read": lambda given, books: {"text": given["moment"]},
    "box.read": lambda given, books: {"text": given["box"]},
    "ed25519.verify": lambda given, books: {
        "data": data64(given["message"]),
        "public": hexed(given["public"]),
        "signature": hexed(given["signature"]),
    },
    "tree.root": lambda given, books: {"entries": [data64(one) for one in given["entries"]]},
    "tree.inclusion": lambda given, books: {
        **given,
        "leaf": hexed(given["leaf"]),
        "root": hexed(given["root"]),
        "proof": hexed(given["proof"]),
    },
    "tree.consistency": lambda given, books: {
        **given,
        "root1": hexed(given["root1"]),
        "root2": hexed(given["root2"]),
        "proof": hexed(given["proof"]),
    },
    "checkpoint.open": lambda given, books: {"data": octets(given), "keys": given["logs"]},
    "checkpoint.cosignatures": lambda given, books: {"data": octets(given), "keys": given["witnesses"]},
    "proof.verify": lambda given, books: {"data": octets(given), "leaf": hexed(given["leaf"]), "policy": octets(given, "policy")},
    "policy.witnessed": lambda given, books: {"data": data64(given["note"]), "policy": octets(given)},
    "report.read": lambda given, books: books.report(given),
    "export.verify": lambda given, books: {"files": books.export(given)},
    "reveal.check": lambda given, books: books.reveal(given),
    "ledger.begin": lambda given, books: {"entries": [books.note(given["note"])]},
    "ledger.take": lambda given, books: {"entries": books.ledger(given)["entries"], "data": books.note(given["note"])},
    "ledger.verify": lambda given, books: books.ledger(given),
    "ledger.say": lambda given, books: {**books.ledger(given), "require_witness": given["require_witness"]},
}
# What comes out, where it is more than that the input is accepted.
VALUES: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(
        ("json.decode", "note.statement", "tree.root", "checkpoint.cosignatures", "policy.witnessed", "private.commit", "ledger.begin"),
        lambda w: w,
    ),
    **dict.fromkeys(("statement.parse", "entry.parse"), lambda want: want["sid"]),
    **dict.fromkeys(("checkpoint.parse", "checkpoint.open", "proof.verify", "excerpt.prove"), lambda want: want["root"]),
    "note.key": lambda want: want["public"],
    "note.split": lambda want: want["text"],
    "moment.read": lambda want: want,
    "proof.parse": lambda want: want["index"],
    "excerpt.parse": lambda want: [entry[0] for entry in want["entries"]],
}


def _wanted(vector: Mapping[str, Any]) -> dict[str, Any]:
    do, want = vector["do"], vector.get("want", {})
    if vector.get("error") == "export.incomplete":
        return {"verdict": "undecided", "code": "export.incomplete"}
    if "error" in vector:
        return {"verdict": "refused", "code": vector["error"]}
    if do == "ledger.say":  # a verifier does not judge procedure, so it never ends with 1 (SAY-4)
        return {"verdict": want["integrity"], "witnessed": want["witnessed"], "exit": want["exit"] if want["exit"] != 1 else 0}
    if do in ("ledger.verify", "export.verify"):
        undecided = [{"step": 1 if code.startswith("founding.") else 7, "code": code} for code in want.get("undecided", [])]
        first = (want["faults"] or undecided or [{}])[0]
        told = {"faults": want["faults"], "undecided": undecided} if do == "ledger.verify" else {}
        return {"verdict": want["integrity"], **first, **told}
    return {"verdict": "accepted", **({"value": VALUES[do](want)} if do in VALUES else {})}


def agrees(want: Mapping[str, Any], answer: Mapping[str, Any]) -> bool:
    """Whether an answer is as wanted: verdict, code and place always, the rest where the program answers it at all."""
    return not differing(want, answer)


def differing(want: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    """The fields in which an answer is not as wanted."""
    always = ("verdict", "code", "entry", "checkpoint")
    return [name for name, value in want.items() if answer.get(name, None if name in always else value) != value]

"""Projections: what the entries say about boxes, in rows to search by (design chapter 3, store). Never evidence; rebuilt at will.

Topics of facts: `seal`, `seal.other`, `spare` and `spare.other` hold which boxes bear a seal number, or a code not theirs (`Facts`),
`replay` the entries that a ledger reads again when it opens (authority statements and labels), `book` the entries of the books that are
judged together, `told` what is found of whole statements, `form` the version of all these rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from custody.core.books import books_of
from custody.core.boxid import BoxId, is_box_id
from custody.core.crossing import OTHERS, TOPICS, crossed, parse
from custody.core.entry import Entry
from custody.core.errors import Altered
from custody.core.findings import Finding, open_breaches
from custody.core.holding import NOTHING_COVERED, BoxState, Coverage, Holding, coverage_of
from custody.core.moment import from_seconds
from custody.core.register import Printed
from custody.core.rows import BoxRow
from custody.core.shelf import Shelf
from custody.core.snapshot import REPLAYED, bare, chain_from_json, chain_to_json, finding_from_json, finding_to_json
from custody.core.state import Chain, Recalled, State
from custody.core.statement import Statement, boxes_of
from custody.core.trail import NOWHERE, Loose, Step, Trail
from custody.ledger.ports import Reader, Writer
from custody.ledger.wanted import Wanted

FORM = b"8"


class Kept:
    """A state's `Recall`: answers from the projection as `reader` sees it, and what was called up before from memory."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._rows: dict[str, BoxRow | None] = {}
        self._facts: dict[tuple[str, str], bytes | None] = {}

    def read_from(self, reader: Reader) -> None:
        """Ask this reader from now on; what another one said is forgotten."""
        if reader is not self.reader:
            self.reader = reader
            self._rows.clear()
            self._facts.clear()

    def call_up(self, wanted: Wanted) -> None:
        """Ask for all of this in one question each. To be called before anything of it is written, by the writer's own reader."""
        rows = self.reader.boxes_by_name(list(wanted.boxes)) if wanted.boxes else {}
        self._rows = {box: rows.get(box) for box in wanted.boxes}
        self._facts = {}
        for topic, keys in wanted.facts.items():
            found = self.reader.facts_by_key(topic, list(keys)) if keys else {}
            self._facts.update({(topic, key): found.get(key) for key in keys})

    def chain(self, box: str) -> Recalled | None:
        row = self._rows[box] if box in self._rows else self.reader.box(box)
        return None if row is None else _recalled(row)

    def fact(self, topic: str, key: str) -> str | None:
        value = self._facts[topic, key] if (topic, key) in self._facts else self.reader.fact(topic, key)
        with _readable(f"{topic} {key}"):
            found = None if value is None else value.decode()
            if found is not None:  # as the state will read it
                parse(found)
        return found


def _recalled(row: BoxRow) -> Recalled | None:
    with _readable(f"box {row.box}"):
        return chain_from_json(row.box, orjson.loads(row.state)) if row.state else None


def trail(rows: Iterable[BoxRow]) -> Trail:
    """Where the boxes of these rows were. Raises `Altered("projection.damaged")`."""
    found = Trail()
    for row in rows:
        kept = _recalled(row)
        if kept is not None:
            found.put(row.box, kept.steps, kept.loose)
    return found


def shelf(reader: Reader) -> Shelf:
    """The entries of the books. Raises `Altered("projection.damaged")`."""
    found = Shelf()
    for key, _ in reader.facts("book"):
        with _readable(f"book {key}"):
            book, index = key.split()
            found.books[book].append(int(index))
    return found


def replayed(reader: Reader) -> Iterator[int]:
    """The entries that a ledger reads again when it opens, ascending. Raises `Altered("projection.damaged")`."""
    for key, _ in reader.facts("replay"):
        with _readable(f"replay {key}"):
            index = int(key)
        yield index


@contextmanager
def _readable(what: str) -> Iterator[None]:
    """A row that no ledger wrote leaves this block as `Altered("projection.damaged")`."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        raise Altered("projection.damaged", row=what) from error


class Changes:
    """What a batch of entries changes in the projections. `take` each entry before the state applies it, `write` once at the end."""

    def __init__(self) -> None:
        self.boxes: dict[str, None] = {}
        self.touches: list[tuple[str, int]] = []
        self.replay: dict[str, bytes] = {}
        self.books: dict[str, bytes] = {}

    def take(self, entry: Entry, index: int, state: State) -> None:
        """Note what entry `index` is about; `state` is that before it."""
        statement = entry.statement
        self.touches += [(box, index) for box in boxes_of(statement)]
        self.books.update((book_key(book, index), b"") for book in books_of(statement))
        self.boxes.update(dict.fromkeys(moved(statement, state)))
        if statement.kind.name in REPLAYED:
            self.replay[replay_key(index)] = statement.kind.name.encode()

    def write(self, writer: Writer, state: State, note: Callable[[int], bytes]) -> None:
        """Put the rows, from the state after the batch; `note` gives the bytes of an entry by index."""
        writer.touch(self.touches)
        writer.put_boxes(box_rows(state, [box for box in self.boxes if exists(box, state)], note))
        for topic, facts in {**once_facts(state), "told": told_facts(state), "replay": self.replay, "book": self.books}.items():
            writer.put_facts(topic, facts)


def moved(statement: Statement, state: State) -> Iterator[str]:
    """The boxes whose row a statement may change: a label changes one where its code was read before."""
    if statement.kind.takes_effect == "box" or statement.kind.name == "register":
        yield from boxes_of(statement)
    elif statement.kind.name == "label":
        for item in statement.body["labels"]:
            if item["code"] not in state.register.codes:
                yield from state.facts.readers(item["code"])


def exists(box: str, state: State) -> bool:
    """Whether a box has a row: it is registered or was spoken of. A registration without enough signatures is neither."""
    return box in state.register.boxes or state.chain(box) is not None


def box_rows(state: State, boxes: list[str], note: Callable[[int], bytes]) -> Iterator[BoxRow]:
    """The rows of these boxes."""
    for judged, _ in state.settle(note, boxes).values():
        yield box_row(judged, state)


def box_row(judged: BoxState, state: State) -> BoxRow:
    """One row, from a box as it was settled. Of a tangled chain its entries are kept, and what they add up to (`Glance`)."""
    holding, area = judged.holding, _area(judged.box)
    chain, path = state.chain(judged.box), state.trail
    columns: dict[str, Any] = {}
    if holding is not None:
        columns = {
            "holder": holding.holder,
            "place": holding.place,
            "tip": bytes.fromhex(holding.sid),
            "since": from_seconds(holding.at),
            "due": from_seconds(holding.due) if holding.due is not None else None,
        }
    kept = chain_bytes(chain, judged.coverage, path.of(judged.box), path.loose(judged.box))
    return BoxRow(judged.box, judged.status, **area, **columns, state=kept)


def chain_bytes(chain: Chain | None, covered: Coverage, steps: Iterable[Step] = (), loose: Iterable[Loose] = ()) -> bytes:
    """A settled chain, its trail, and of a tangled one how much is covered, as they are kept in a row."""
    if chain is None:
        return b""
    kept = chain_to_json(bare(chain), steps, loose)
    if chain.tangled:
        to, way, since = (chain.holding.to, chain.holding.way, chain.holding.since) if chain.holding is not None else (None, (), None)
        settled = {"covered": list(covered), "findings": [finding_to_json(one) for one in chain.findings], "to": to, "way": way}
        kept["settled"] = settled | {"since": since}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)


class Glance(NamedTuple):
    """What a row tells beside its columns: where the box is bound for, the way it came, what is found of its chain (FOLD-8), and how
    much of its history a signed holder covers (FOLD-15).

    since: since when its holder has it there, Unix seconds. out: whether it was destroyed, lost or handed to a court, and is in no room.
    astray: whether anything is said of it that moved it not, and may have (ROOM-4).
    """

    to: str | None
    way: tuple[str, ...]
    findings: tuple[Finding, ...]
    coverage: Coverage = NOTHING_COVERED
    since: int | None = None
    out: bool = False
    astray: bool = False

    @property
    def against(self) -> tuple[Finding, ...]:
        """What of it stands against the box (FOLD-10)."""
        return open_breaches(self.findings)


def glance(row: BoxRow) -> Glance:
    """Read it from a row. Raises `Altered("projection.damaged")`."""
    found = Glance(None, (), ())
    with _readable(f"box {row.box}"):
        kept = orjson.loads(row.state) if row.state else None
        if kept is not None and kept["tangled"]:
            settled = kept["settled"]
            findings = tuple(finding_from_json(one) for one in settled["findings"])
            found = Glance(settled["to"], tuple(settled["way"]), findings, Coverage(*settled["covered"]), settled["since"])
        elif kept is not None:
            holding = Holding(*kept["holding"]) if kept["holding"] is not None else None
            findings = tuple(finding_from_json(one) for one in kept["findings"])
            to, way, since = (holding.to, tuple(holding.way), holding.since) if holding is not None else (None, (), None)
            found = Glance(to, way, findings, coverage_of(holding, kept["links"]), since)
        if kept is not None:
            out = bool(kept["steps"]) and kept["steps"][-1][2] == NOWHERE
            last = kept["steps"][-1][0] if kept["steps"] else 0
            found = found._replace(out=out, astray=any(one[0] >= last for one in kept["loose"]))
    return found


def told(reader: Reader, codes: Mapping[str, Printed]) -> Iterator[Finding]:
    """What is found of whole statements, or of one of their boxes, in ledger order; then of numbers and spares on several boxes.

    codes: the printed codes of the ledger.
    """
    for key, value in reader.facts("told"):
        with _readable(f"told {key}"):
            yield finding_from_json(orjson.loads(value))
    get = Kept(reader).fact
    for topic in OTHERS.values():
        for key, value in reader.facts(topic):
            with _readable(f"{topic} {key}"):
                found = crossed(topic, key, value.decode(), get, codes)
            if found is not None:
                yield found


def told_facts(state: State) -> dict[str, bytes]:
    """The rows of `told`: the findings on statements that the state met."""
    found = {}
    for one in state.said:
        kept = orjson.dumps(finding_to_json(one))
        found[f"{replay_key(one.entries[-1])} {one.code} {sha256(kept).hexdigest()[:16]}"] = kept
    return found


def once_facts(state: State) -> dict[str, dict[str, bytes]]:
    """The facts of the state by topic: those that it met since it was opened or last cleared."""
    found: dict[str, dict[str, bytes]] = {topic: {} for topic in TOPICS}
    for (topic, key), box in state.facts.known.items():
        found[topic][key] = box.encode()
    return found


def book_key(book: str, index: int) -> str:
    """The key of an entry of a book."""
    return f"{book} {replay_key(index)}"


def replay_key(index: int) -> str:
    """Sorts as the number does."""
    return f"{index:012d}"


def kind_of(note: bytes) -> bytes:
    """The kind that the first line of a note names, whatever else is true of it."""
    return note[8 : note.find(b"/", 8)]


def _area(box: str) -> dict[str, Any]:
    if not is_box_id(box):
        return {}
    parts = BoxId.parse(box)
    whole = parts.station == "PPK"
    return {
        "kecamatan": parts.area[:6],
        "desa": None if whole else parts.area,
        "tps": None if whole else parts.place,
        "type": parts.type,
    }

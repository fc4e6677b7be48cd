"""A deed of a statement that waits to become an entry: the same page, marked as not proven, to sign in ink meanwhile (chapter 21)."""

from dataclasses import replace

from custody.paper.deeds import drawn
from custody.paper.deeds.blocks import Block, Deed, Listing, Paragraph, Rests
from custody.paper.deeds.maker import Maker
from custody.paper.deeds.page import DeedPage, sheet_of
from custody.paper.proven.evidence import Reading


def draw(reading: Reading) -> bytes:
    """The page as a PDF, without evidence and without codes: nothing of it can be checked, and it says so.

    :param reading: what the deed would rest on; entries from `reading.head.size` on are statements that wait. Raises as `drawn.draw`.
    """
    deed = told(reading)
    sheet = sheet_of(deed)
    DeedPage(sheet, deed).draw()
    return sheet.finish()


def told(reading: Reading) -> Deed:
    """What stands on it."""
    make = Waiting(reading)
    deed = drawn.told_by(make)
    blocks = (Paragraph(make.wait("first"), strong=True), *map(make.unnumbered, deed.blocks))
    return replace(deed, blocks=blocks, shown=())


class Waiting(Maker):
    """One deed under way of a statement without an entry: it has an id, and says where the proof will come from."""

    def wait(self, code: str, **values: object) -> str:
        return self.teller.say(f"deed.waiting.{code}", **values)

    def number(self) -> str:
        return self.wait("number", sid=f"{self.sid[:8]} {self.sid[8:16]}")

    def foot(self) -> tuple[str, ...]:
        head, facts = self.reading.head, self.reading.facts
        return self.say("foot", origin=head.origin, short=head.short), self.wait("foot", when=self.teller.when(facts.made))

    def rests(self) -> Rests:
        head = self.reading.head
        lines = (self.wait("head", origin=head.origin), *(self.say("sid", sid=sid) for sid in self.sids))
        limits = (self.wait("limit"), self.say("limit.content"))
        return Rests(self.say("rests"), head.short, self.say("short", short=head.short), "", lines, self.say("limits"), limits)

    def _signed(self, field: str, key: str) -> tuple[str, bool]:
        state, alarm = super()._signed(field, key)
        return (
            (state, alarm) if alarm or key not in self.act.signed else (self.wait("signed", when=self.teller.when(self.body["at"])), False)
        )

    def unnumbered(self, block: Block) -> Block:
        """Without numbers of entries where a statement that waits is meant."""
        size = self.reading.head.size
        if not isinstance(block, Listing):
            return block
        if block.table.numbered:
            rows = tuple((row[0] if int(row[0]) < size else "—", *row[1:]) for row in block.table.rows)
            return replace(block, table=replace(block.table, rows=rows, numbered=False))
        if not block.table.entries:
            return block
        waits = [any(entry >= size for entry in row) for row in block.table.entries]
        rows = tuple((*row[:-1], "—") if wait else row for row, wait in zip(block.table.rows, waits, strict=True))
        return replace(block, table=replace(block.table, rows=rows))

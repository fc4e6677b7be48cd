"""Paper: labels against the bare encodings of their codes, a report against a bare canvas with the same strings on it."""

import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from reportlab.pdfgen.canvas import Canvas

from custody.core.excerpt import excerpt
from custody.core.moment import from_seconds
from custody.core.policy import Policy
from custody.core.proof import Proof
from custody.paper.canvas import qr
from custody.paper.drawings import draw, renderer
from custody.paper.label.labels import sheets
from custody.paper.label.stocks import STOCKS
from custody.paper.proven.evidence import NAMES, Evidence, read
from custody.paper.proven.facts import Facts, basis_of
from custody.paper.reports.view import view
from fixtures.bigworld import BigWorld
from tests.bench.measure import Row, Rows, beside, cpu, peak
from tests.paper.samples import labels as invented

LABELS = 20_000
LINES = 10_000


def labels() -> Rows:
    """A night's labels on A4 sheets; memory in a process of its own."""
    facts = list(invented(LABELS))

    def print_all() -> None:
        for _ in sheets(facts, STOCKS["a4-24"], "Label", "id"):
            pass

    ours, bare = beside(cpu, print_all, lambda: [qr.matrix(one.payload) for one in facts], runs=3)
    yield Row(f"print {LABELS:,} labels", f"{ours / bare:.2f} x the bare codes ({ours:.0f} s)", "1.3 x", ours <= 1.3 * bare)
    yield _memory("labels", 150)


def report() -> Rows:
    """Drawing alone: evidence is proven beforehand."""
    evidence, trust = made()
    reading = read(evidence, trust)
    count = sum(len(act.body["boxes"]) for act in (reading.act(one.entry) for one in reading.told))
    strings = [line for table in view(reading).tables for row in table.rows for cell in row for line in cell.split("\n")]
    ours, bare = beside(cpu, lambda: draw(reading), lambda: _bare(strings), runs=3)
    about = f"{ours / bare:.2f} x a bare canvas ({ours:.1f} s, {len(strings):,} strings)"
    yield Row(f"a report of {count:,} events", about, "1.5 x", ours <= 1.5 * bare)
    with TemporaryDirectory() as folder:
        for name, part in zip(("trust", *NAMES), (trust.format(), *evidence), strict=True):
            (Path(folder) / name).write_bytes(part)
        yield _memory("report", 100, folder)


def _memory(what: str, bound: int, *more: str) -> Row:
    said = subprocess.run([sys.executable, "-m", "tests.bench.printing", what, *more], capture_output=True, text=True, check=True)
    before, after = map(float, said.stdout.split())
    return Row(f"memory of {what}", f"{after:.0f} MB ({before:.0f} before it is drawn)", f"{bound} MB", after < bound)


def made(lines: int = LINES, lang: str = "id") -> tuple[Evidence, Policy]:
    """Evidence about the boxes of one kecamatan, and the trust file it is read with."""
    world = BigWorld(200)
    notes = [*world.all(lines // 2)]
    spoken = _spoken(notes)
    kecamatan = world.groups[0].kecamatan
    basis = dict(enumerate(notes))
    made = from_seconds(world.clock)
    facts = Facts(("kecamatan", kecamatan), len(notes), basis_of(basis.items()), spoken, (), (), made, "guard-1", lang, renderer(lang))
    body = {"at": facts.made, "drawing": facts.drawing, "facts": facts.hash(), "size": len(facts.format()), "upto": facts.upto}
    own = world.sign(world.draft("report", scope={"code": kecamatan, "kind": "kecamatan"}, **body), "guard-1")
    world.log(own)
    head = world.checkpoint()
    size = world.tree.size
    proof = Proof(size - 1, tuple(world.tree.inclusion(size - 1)), head)
    taken = excerpt(world.tree, head, size, {**basis, size - 1: own})
    return Evidence(facts.format(), taken.format(), proof.format()), world.policy()


def _spoken(notes: list[bytes]) -> tuple[str, ...]:
    kinds = (b"custody/seal/", b"custody/handoff/")
    return tuple(sha256(data[: data.rfind(b"\n\n") + 1]).hexdigest() for data in notes if data.startswith(kinds))


def _bare(strings: list[str]) -> bytes:
    """The same strings, sixty lines of six to a page, in one font, and nothing else."""

    buffer = BytesIO()
    canvas = Canvas(buffer, pageCompression=0, invariant=1)
    for number, text in enumerate(strings):
        place = number % 360
        if place == 0:
            if number:
                canvas.showPage()
            canvas.setFont("Helvetica", 7.6)
        canvas.drawString(40 + 85 * (place % 6), 800 - 12.5 * (place // 6), text)
    canvas.save()
    return buffer.getvalue()


def _alone(what: str, folder: str = "") -> Iterator[str]:
    """Peak memory before and after, in a process that has done nothing else."""
    if what == "report":
        files = [(Path(folder) / name).read_bytes() for name in ("trust", *NAMES)]
        yield str(peak())
        draw(read(Evidence(*files[1:]), Policy.parse(files[0])))
    else:
        yield str(peak())
        for _ in sheets(invented(LABELS), STOCKS["a4-24"], "Label", "id"):
            pass
    yield str(peak())


if __name__ == "__main__":
    print(*_alone(*sys.argv[1:]))

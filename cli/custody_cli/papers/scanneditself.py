"""PDF files given as scans that carry evidence: they can be judged, which no code on a page can (docs/spec/13-report.md)."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.core.errors import Undecided
from custody_cli.ground.app import App
from custody_cli.ground.console import paint

if TYPE_CHECKING:
    from custody.core.policy import Policy
    from custody.paper.checking.check import PaperVerdict


class Itself(NamedTuple):
    """A file with evidence in it, and the verdict on it."""

    file: str
    verdict: "PaperVerdict"

    @property
    def altered(self) -> bool:
        """Whether the file is not what its evidence says, whatever the codes on its pages lead to."""
        return self.verdict.outcome == "altered"


def carrying(files: Iterable[Path], trust: "Policy | None") -> Iterator[Itself]:
    """Those of the files that carry evidence, judged as `custody check` does."""
    from custody.paper.checking import check, pdffile
    from custody.reading import read

    for path in files:
        data = read(path, pdffile.MOST_BYTES)
        try:
            if b"%PDF-" in data[:1024] and pdffile.attachments(data, check.ATTACHED):
                yield Itself(path.name, check.check(data, trust))
        except Undecided:  # a scan, or something else: codes on its pages are all there is
            continue


def lines(app: App, one: Itself) -> list[str]:
    """What is told of such a file, and what to do with it."""
    facts = {"file": one.file, "told": app.say(one.verdict.code, **dict(one.verdict.details))}
    if one.altered:
        return [paint(app.say("cli.check.scan.itself-altered", **facts), "bad")]
    return [app.say("cli.check.scan.itself", **facts)]


def document(app: App, one: Itself) -> dict[str, Any]:
    """The same for a program."""
    told = app.say(one.verdict.code, **dict(one.verdict.details))
    return {"file": one.file, "outcome": one.verdict.outcome, "code": one.verdict.code, "message": told}

"""What is wrong with a foreign file: faults gathered with their place, and the refusal that carries them (docs/adr/0002-intake-room.md)."""

from dataclasses import dataclass, field
from typing import NoReturn

from custody.core.errors import Fact, Malformed
from custody.i18n.screen import clean

SHOWN = 60  # characters of foreign text that a message quotes


@dataclass(frozen=True)
class Fault:
    """A fault or a warning: a code of `custody/i18n/words/intake.toml` and its facts: `file`, `line`, and `column` where it has one."""

    code: str
    facts: dict[str, Fact]


class ImportRefused(Malformed):
    """A foreign file that is refused as a whole, with every fault found so far in `faults`, by line.

    Codes: `import.refused`, or `import.refused.line` and `import.refused.file` where the first fault has no column, or no line either.
    Facts: `file`, `count` of faults, `first` (code of the first), `line` and `column` of the first as far as it has them.
    full: reading was given up because there were too many.
    """

    def __init__(self, file: str, faults: tuple[Fault, ...], full: bool = False) -> None:
        faults = tuple(sorted(faults, key=_line))
        first = faults[0]
        spot = {name: first.facts[name] for name in ("line", "column") if first.facts.get(name)}
        code = "import.refused" if len(spot) == 2 else "import.refused.line" if spot else "import.refused.file"
        super().__init__(code, file=shown(file), count=len(faults), first=first.code, **spot)
        self.faults = faults
        self.full = full


def _line(fault: Fault) -> int:
    line = fault.facts.get("line")
    return line if isinstance(line, int) else 0


def shown(text: str, most: int = SHOWN) -> str:
    """Foreign text as a fact of a message: harmless and short, whoever shows it. The file itself is refused for such characters."""
    return clean(text, most)


@dataclass
class Faults:
    """The faults of one file, in the order found; raises `ImportRefused` when `limit` is reached or when it is closed with any."""

    file: str
    limit: int = 20
    found: list[Fault] = field(default_factory=list)
    warned: list[Fault] = field(default_factory=list)

    def add(self, code: str, line: int, column: str | None = None, /, **facts: Fact) -> None:
        """Note a fault at a line (1 is the first; 0 is the whole file)."""
        self._note(self._fault(code, line, column, facts))

    def warn(self, code: str, line: int, column: str | None = None, /, **facts: Fact) -> None:
        """Note something that does not stop the import and must be shown before it."""
        self.warned.append(self._fault(code, line, column, facts))

    def stop(self, code: str, line: int = 0, column: str | None = None, /, **facts: Fact) -> NoReturn:
        """Note a fault after which reading on has no sense, and raise."""
        self.found.append(self._fault(code, line, column, facts))
        raise ImportRefused(self.file, tuple(self.found))

    def take(self, error: Malformed, line: int, column: str) -> None:
        """Note the error of a cell as a fault, with its place."""
        error.facts["file"] = shown(self.file)
        error.facts["line"] = line
        error.facts["column"] = column
        self._note(Fault(error.code, error.facts))

    def close(self, full: bool = False) -> None:
        """Raise `ImportRefused` with all faults so far, or return if there are none."""
        if self.found:
            raise ImportRefused(self.file, tuple(self.found), full)

    def _note(self, fault: Fault) -> None:
        self.found.append(fault)
        if len(self.found) >= self.limit:
            self.close(full=True)

    def _fault(self, code: str, line: int, column: str | None, facts: dict[str, Fact]) -> Fault:
        spot: dict[str, Fact] = {"file": shown(self.file), "line": line}
        if column is not None:
            spot["column"] = column
        return Fault(code, facts | spot)

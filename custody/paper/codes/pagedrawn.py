"""The pages of a stranger's PDF as pictures, drawn in a process of their own (spec chapter 13, SCAN-1). Needs the extra `scan`.

A page can ask for more time and memory than there is, and nothing can interrupt who draws it. So the drawing is done apart, with bounds,
and ended when they are reached. Started as a program this file is that other process: PDF in, for each page a line and its pixels out.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from threading import Timer
from typing import IO, TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image

DPI = 200  # at which pages are drawn
MOST_SECONDS = 20.0  # for one page; a scanned one takes a tenth of a second
MOST_MEMORY = 2 << 30  # bytes of the other process, where the system can bound them
MOST_DRAWN = 24_000_000  # pixels of one page
_PROGRAM = "custody.paper.codes.pagedrawn"


class Drawn(NamedTuple):
    """One page, or why there is none. number, of: from 1. why: what the reader called its fault, "" where a bound was reached."""

    number: int
    of: int
    picture: "Image | None"
    why: str = ""


def pages(pdf: bytes, most: int, seconds: float = MOST_SECONDS) -> Iterator[Drawn]:
    """Each page in grey, up to the first that reaches a bound. A file that is none yields page 0 of 0; one of more pages than `most`
    yields page 0 of so many."""
    command = [sys.executable, "-m", _PROGRAM]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdin is not None and child.stdout is not None
        try:
            with suppress(OSError):  # it ended before it had read all
                child.stdin.write(b"%d\n" % most + pdf)
                child.stdin.close()
            count, why = _line(child, child.stdout, seconds)
            if why or not 0 < count <= most:
                yield Drawn(0, count, None, why)
                return
            for number in range(1, count + 1):
                yield (found := _page(child, child.stdout, number, count, seconds))
                if found.picture is None and not found.why:
                    return
        finally:
            child.kill()


def _line(child: "subprocess.Popen[bytes]", told: IO[bytes], seconds: float) -> tuple[int, str]:
    """A number, or the name of a fault; ended when it takes longer."""
    with _Ended(child, seconds):
        text = told.readline().decode("ascii", "replace").strip()
    return (int(text), "") if text.isdigit() else (0, text or "TimeoutError")


def _page(child: "subprocess.Popen[bytes]", told: IO[bytes], number: int, count: int, seconds: float) -> Drawn:
    from PIL import Image

    with _Ended(child, seconds):
        sides = told.readline().decode("ascii", "replace").split()
        if len(sides) != 2:
            return Drawn(number, count, None, sides[0] if sides else "")
        wide, high = map(int, sides)
        pixels = told.read(wide * high)
    whole = len(pixels) == wide * high
    return Drawn(number, count, Image.frombytes("L", (wide, high), pixels) if whole else None)


class _Ended:
    """Ends the other process when what stands below takes longer."""

    def __init__(self, child: "subprocess.Popen[bytes]", seconds: float) -> None:
        self._timer = Timer(seconds, child.kill)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def rendered(page: Any) -> "Image":
    """A page in grey; a giant one is drawn coarser, so that it fits."""
    wide, high = page.get_size()
    scale = min(DPI / 72, (MOST_DRAWN / max(wide * high, 1.0)) ** 0.5)
    picture: Image = page.render(scale=scale, grayscale=True).to_pil()
    return picture


# -- the other process ---------------------------------------------------------------------------------------------------------------


def _draw_all(given: IO[bytes], out: IO[bytes]) -> None:
    """Draw what stands behind the first line, which says how many pages at most."""
    import pypdfium2

    most, pdf = int(given.readline()), given.read()
    try:
        document = pypdfium2.PdfDocument(pdf)
        count = len(document)
    except Exception as error:  # there is no list of what a decoder may raise
        out.write(type(error).__name__.encode("ascii", "replace") + b"\n")
        return
    out.write(b"%d\n" % count)
    out.flush()
    for number in range(count if count <= most else 0):
        try:
            picture = rendered(document[number]).convert("L")
        except MemoryError:
            return
        except Exception as error:
            out.write(type(error).__name__.encode("ascii", "replace") + b"\n")
        else:
            out.write(b"%d %d\n" % picture.size + picture.tobytes())
        out.flush()


def _bounded() -> None:
    try:
        import resource
    except ImportError:  # not on every system
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, hard))


if __name__ == "__main__":
    _bounded()
    _draw_all(sys.stdin.buffer, sys.stdout.buffer)

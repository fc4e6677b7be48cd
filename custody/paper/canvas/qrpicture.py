"""A QR code for a screen instead of paper: as a PNG picture, or as half blocks that a terminal shows (spec chapter 27)."""

from io import BytesIO

from custody.paper.canvas.qr import QUIET, matrix, smallest_version

SIDE = 1000  # pixels that a picture has at least
_BLOCKS = " ▀▄█"  # light above, below, both: light is drawn, since a terminal is mostly dark


def picture(payload: str) -> bytes:
    """A PNG in black and white, with its quiet zone. Raises `Malformed("qr.long")`."""
    from PIL import Image

    rows = _framed(payload)
    side, scale = len(rows), -(-SIDE // len(rows))
    image = Image.new("1", (side, side))
    image.putdata([255 if light else 0 for row in rows for light in row])
    out = BytesIO()
    image.resize((side * scale, side * scale), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()


def blocks(payload: str) -> list[str]:
    """Lines of half blocks, two rows of the code in each; a drawn block is light. Raises `Malformed("qr.long")`."""
    rows = _framed(payload)
    rows += [[True] * len(rows)] * (len(rows) % 2)
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return ["".join(_BLOCKS[above + 2 * below] for above, below in zip(*pair, strict=True)) for pair in pairs]


def _framed(payload: str) -> list[list[bool]]:
    """The modules with their quiet zone, top row first; True is light."""
    modules = matrix(payload, smallest_version(len(payload.encode()), "L"), "L")
    side = [True] * QUIET
    wide = [[True] * (len(modules) + 2 * QUIET) for _ in range(QUIET)]
    return [*wide, *([*side, *(not dark for dark in row), *side] for row in modules), *wide]

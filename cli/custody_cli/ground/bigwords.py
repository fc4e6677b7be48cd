"""Block letters for the guard's screen: box, TPS and alarms must be read from two metres, at night, by two people."""

import shutil
import unicodedata

_HEIGHT = 5
_INK = "█"
# Five rows of each letter from top to bottom; # is ink.
_GLYPHS = {
    "A": ".#. #.# ### #.# #.#",
    "B": "##. #.# ##. #.# ##.",
    "C": ".## #.. #.. #.. .##",
    "D": "##. #.# #.# #.# ##.",
    "E": "### #.. ##. #.. ###",
    "F": "### #.. ##. #.. #..",
    "G": ".## #.. #.# #.# .##",
    "H": "#.# #.# ### #.# #.#",
    "I": "### .#. .#. .#. ###",
    "J": "..# ..# ..# #.# .#.",
    "K": "#.# #.# ##. #.# #.#",
    "L": "#.. #.. #.. #.. ###",
    "M": "#...# ##.## #.#.# #...# #...#",
    "N": "#..# ##.# #.## #..# #..#",
    "O": ".#. #.# #.# #.# .#.",
    "P": "##. #.# ##. #.. #..",
    "Q": ".#.. #.#. #.#. #.#. .#.#",
    "R": "##. #.# ##. #.# #.#",
    "S": ".## #.. .#. ..# ##.",
    "T": "### .#. .#. .#. .#.",
    "U": "#.# #.# #.# #.# ###",
    "V": "#.# #.# #.# #.# .#.",
    "W": "#...# #...# #.#.# ##.## #...#",
    "X": "#.# #.# .#. #.# #.#",
    "Y": "#.# #.# .#. .#. .#.",
    "Z": "### ..# .#. #.. ###",
    "0": "### #.# #.# #.# ###",
    "1": ".#. ##. .#. .#. ###",
    "2": "##. ..# .#. #.. ###",
    "3": "### ..# .## ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ##. ..# ##.",
    "6": ".## #.. ### #.# ###",
    "7": "### ..# .#. .#. .#.",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ##.",
    "-": "... ... ### ... ...",
    "/": "..# ..# .#. #.. #..",
    ".": ". . . . #",
    ":": ". # . # .",
    "!": "# # # . #",
    "?": "##. ..# .#. ... .#.",
    "(": ".# #. #. #. .#",
    ")": "#. .# .# .# #.",
    "'": "# # . . .",
    ",": ".. .. .. .# #.",
    " ": "... ... ... ... ...",
}


def width() -> int:
    """Columns of the terminal; 80 where nobody knows."""
    return shutil.get_terminal_size().columns


def _letters(text: str) -> str:
    """Upper case without accents, and "?" for what has no block letter, so that nothing vanishes."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).upper()
    return "".join(c if c in _GLYPHS else "?" for c in plain if not unicodedata.combining(c))


def _line(word: str, pixel: int) -> list[str]:
    glyphs = [_GLYPHS[letter].split(" ") for letter in word]
    gap = "." * 1
    return [gap.join(glyph[row] for glyph in glyphs).replace("#", _INK * pixel).replace(".", " " * pixel) for row in range(_HEIGHT)]


def _wrapped(words: list[str], columns: int, pixel: int) -> list[str] | None:
    """Words put on as few lines as fit, or None when one word alone is too wide."""
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and len(_line(longer, pixel)[0]) <= columns:
            lines[-1] = longer
        elif len(_line(word, pixel)[0]) <= columns:
            lines.append(word)
        else:
            return None
    return lines


def rows(text: str, columns: int) -> list[str]:
    """The text in block letters, all rows equally long and at most `columns` wide.

    Letters are drawn two columns a dot where that fits on one line, else one; a word wider than the terminal is written plainly.
    """
    words = _letters(text).split()
    if not words:
        return []
    room = columns - 2
    for pixel, most in ((2, 1), (1, 99)):
        lines = _wrapped(words, room, pixel)
        if lines is not None and len(lines) <= most:
            drawn = [row for line in lines for row in (*_line(line, pixel), "")][:-1]
            longest = max(map(len, drawn))
            return [row.ljust(longest) for row in drawn]
    return [text]

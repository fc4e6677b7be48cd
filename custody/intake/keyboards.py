"""What a scanner's keystrokes become on a wrongly set keyboard, and back again (docs/adr/0002-intake-room.md).

A USB scanner presses the keys of a US keyboard. Where the computer is set to another layout, or Caps Lock is on, other characters
arrive. Our codes hold capital letters and digits only, so they can be read back, with an advice to set the keyboard right.
"""

from typing import NamedTuple

SELF_TEST = "UJI:ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789/UJI"  # printed as a code for `custody doctor`
_US = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./"
_US_SHIFT = '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'
_OTHERS = {
    "azerty": ("²&é\"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!", "\0001234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§"),
    "qwertz": ("^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.-", "°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_"),
}


def _back(plain: str, shifted: str) -> dict[int, str]:
    return {ord(there): us for there, us in zip(plain + shifted, _US + _US_SHIFT, strict=True)}


def _letters(plain: str, shifted: str) -> dict[int, str]:
    """With Caps Lock on, AZERTY gives true digits: only letters are to be put back."""
    return {ord(there): us for there, us in zip(plain + shifted, _US + _US_SHIFT, strict=True) if there.isascii() and us.isalpha()}


_TABLES = {
    "azerty": _back(*_OTHERS["azerty"]),
    "azerty-caps": _letters(*_OTHERS["azerty"]),
    "qwertz": _back(*_OTHERS["qwertz"]),
}
LAYOUTS = ("us", "caps", *_TABLES)  # words: scan.layout.*


class Diagnosis(NamedTuple):
    """What the self-test showed. layout: one of `LAYOUTS`, or None where none explains it; suffix: `enter`, `tab` or `none`."""

    layout: str | None
    suffix: str


def capitals(text: str) -> str:
    """ASCII letters in upper case, all else as it is: `ß` must not become two letters."""
    return "".join(mark.upper() if mark.isascii() else mark for mark in text)


def readings(text: str) -> list[tuple[str, str]]:
    """A text as the scanner may have meant it, in capitals, by layout; as it stands comes first."""
    own = capitals(text)
    swapped = [(layout, capitals(text.translate(table))) for layout, table in _TABLES.items()]
    return [("us" if own == text else "caps", own), *((layout, read) for layout, read in swapped if read != own)]


def diagnose(raw: str) -> Diagnosis:
    """Judge the self-test code as it arrived, with the key that ended it."""
    suffix = "enter" if raw.endswith(("\r", "\n")) else "tab" if raw.endswith("\t") else "none"
    text = raw.strip("\r\n\t ")
    return Diagnosis(next((layout for layout, read in readings(text) if read == SELF_TEST), None), suffix)

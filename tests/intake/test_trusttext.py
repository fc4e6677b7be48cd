"""A trust file as people copy it: what Windows and a clipboard add is taken away, nothing else is touched."""

import pytest

from custody.intake.trusttext import plain, slip

FILE = b"# k\xc3\xa9\nlog x\nquorum none\n"
CASES: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "as it is": (FILE, ()),
    "Windows line ends": (FILE.replace(b"\n", b"\r\n"), ("ends",)),
    "a mark": (b"\xef\xbb\xbf" + FILE, ("mark",)),
    "out of PowerShell": (b"\xff\xfe" + FILE.decode().replace("\n", "\r\n").encode("utf-16-le"), ("mark", "ends")),
    "the other way round": (b"\xfe\xff" + FILE.decode().encode("utf-16-be"), ("mark",)),
    "no last end": (FILE[:-1], ("last",)),
    "all of it": (b"\xef\xbb\xbf" + FILE.replace(b"\n", b"\r\n")[:-2], ("mark", "ends", "last")),
}


@pytest.mark.parametrize("name", CASES)
def test_as_people_copy_it(name: str) -> None:
    data, mended = CASES[name]
    assert plain(data) == (FILE, mended)


def test_bytes_that_are_no_text_are_kept() -> None:
    assert plain(b"log \xff\n") == (b"log \xff\n", ())
    assert plain(b"") == (b"", ())


SLIPS: dict[str, tuple[str, tuple[str, int] | None]] = {
    "whole": ("log a/b+c+d\nquorum none\n", None),
    "with a place": ("log a/b+c+d https://contoh.invalid/\nquorum none\n", None),
    "numbers of the deed": ("1 log a/b+c+d\n2 quorum none\n", ("numbered", 1)),
    "one number": ("log a/b+c+d\n2. quorum none\n", ("numbered", 2)),
    "continued below": ("# akta\nlog a/b+c+\nd\nquorum none\n", ("broken", 2)),
    "indented below": ("log a/b+c+\n    d\nquorum none\n", ("broken", 1)),
    "with a space": ("log a/b+c+ d\nquorum none\n", ("broken", 1)),
    "something else": ("quorum\n", None),
}


@pytest.mark.parametrize("name", SLIPS)
def test_slips_of_copying_from_the_deed(name: str) -> None:
    text, found = SLIPS[name]
    assert slip(text.encode()) == found

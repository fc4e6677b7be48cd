"""A trust file as people copy it: what Windows and a clipboard add is taken away, nothing else is touched."""

import pytest

from custody.intake.trusttext import plain

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

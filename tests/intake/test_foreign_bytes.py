"""Random and mangled bytes: whatever comes, rows or a CustodyError with words for every fault, and nothing else."""

from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from custody.core.errors import CustodyError
from custody.i18n import words
from custody.intake.areacode import PlaceName
from custody.intake.faults import ImportRefused
from custody.intake.hierarchy import Sheet, read_hierarchy
from custody.intake.people import read_people
from custody.intake.search import PlaceIndex

KANGAE = (Path(__file__).parent.parent.parent / "fixtures" / "kangae.csv").read_bytes()
PEOPLE = b"nama;pangkat;nrp;satuan;peran;tempat;lembaga\nPetugas Contoh;Bripka;123;Polres;penjaga;Habi;Polri\n"
PLACES = PlaceIndex.of([PlaceName("5307192008", "desa", "Habi", "530719")])
PIECES = [b"kode,nama,jumlah_tps\n", b'"', b",", b";", b"\r\n", b"\n", b"\xff\xfe", b"\xef\xbb\xbf", b"\0", b"=1", b"53.07.19.2008"]

pieced = st.lists(st.one_of(st.binary(max_size=20), st.sampled_from(PIECES)), max_size=30).map(b"".join)


def tried(data: bytes) -> None:
    """Read the bytes as every kind of list."""
    for call in (
        lambda: read_hierarchy(Sheet("a.csv", data)),
        lambda: read_hierarchy(None, None, Sheet("a.csv", data)),
        lambda: read_hierarchy(Sheet("b.csv", KANGAE), Sheet("a.csv", data)),
        lambda: read_people(data, "a.csv", PLACES),
    ):
        try:
            call()
        except ImportRefused as error:
            assert 1 <= len(error.faults) <= 20
            for fault in error.faults:
                fields = words.find(fault.code)
                assert fields, fault.code
                wanted = {place.name for name in ("id", "next_id") for place in words.places(fields.get(name, ""))}
                assert wanted <= fault.facts.keys(), fault.code
                assert words.say(fault.code, fault.facts).isprintable()
        except CustodyError as error:
            assert words.known(error.code)


@given(st.one_of(st.binary(max_size=300), pieced))
@settings(max_examples=200, deadline=None)
@example(b'kode,nama,jumlah_tps\n"')
@example(b"\xff\xfe\x00\xd8")
@example(b"sep=;\n")
@example(b"sep=,")
@example(b"\r")
def test_any_bytes_200(data: bytes) -> None:
    tried(data)


@given(st.sampled_from([KANGAE, PEOPLE]), st.integers(0, 2000), st.binary(max_size=4), st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_mangled_lists_200(data: bytes, at: int, put: bytes, drop: int) -> None:
    at %= len(data)
    tried(data[:at] + put + data[at + drop :])


@given(st.text(max_size=40), st.sampled_from(["kode", "nama", "jumlah_tps", "kecamatan"]))
@settings(max_examples=100, deadline=None)
def test_any_text_in_any_cell_100(text: str, column: str) -> None:
    cells = {"kode": "53.07.19.2008", "nama": "Habi", "jumlah_tps": "7", "kecamatan": "Kangae", "kabupaten": "Sikka"}
    cells[column] = text
    quoted = ",".join('"' + value.replace('"', '""') + '"' for value in cells.values())
    tried(f"{','.join(cells)}\n{quoted}\n".encode("utf-8", "surrogatepass"))

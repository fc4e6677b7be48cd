"""Invented labels for the tests of paper: every type, long names, reprints, spares, drills, recapitulation boxes."""

from collections.abc import Iterator
from random import Random

from custody.core import labelcode
from custody.paper.label.labels import LabelFacts
from custody.paper.label.tincture import HATCHES

TYPES = (
    ("PPWP", "Presiden dan Wakil Presiden", "grey"),
    ("DPR", "DPR", "yellow"),
    ("DPD", "DPD", "red"),
    ("DPRDP", "DPRD Provinsi", "blue"),
    ("DPRDK", "DPRD Kabupaten/Kota", "green"),
    ("GUB", "Gubernur", "maroon"),
    ("BUP", "Bupati", "lightblue"),
    ("WALI", "Wali Kota", "tosca"),
)
PLACES = (
    ("Habi", "Kangae", "Sikka"),
    ("T’Eba Timur", "Biboki Tan Pah", "Timor Tengah Utara"),
    ("N i a n", "Miomaffo (Barat)", "Kota Contoh"),
    ("Nagari Contoh Persiapan Sungai Gunung Tengah", "Contoh (Persiapan) Barat Daya’a", "Kepulauan Contoh dengan Nama Panjang, X"),
    ("Contoh/Lama - No. 2", "Distrik Contoh", "Kabupaten Contoh"),
)


def code(random: Random) -> str:
    while (symbols := labelcode.from_random(random.randbytes(labelcode.RANDOM_BYTES))) is None:
        continue
    return symbols


def labels(count: int, seed: int = 7) -> Iterator[LabelFacts]:
    """Invented labels, the same for the same seed."""
    random = Random(seed)
    for number in range(count):
        symbols = code(random)
        payload, typed = labelcode.payload(symbols), labelcode.printed(symbols)
        if number % 24 == 10:
            yield LabelFacts(payload, typed, "", "", "", "", (0.9, 0.9, 0.9), "", "", "", "", 1, spare=True)
            continue
        (type_code, type_name, colour), (desa, kecamatan, kabupaten) = TYPES[number % 8], PLACES[number % 5]
        station = "PPK" if number % 24 == 13 else f"{number % 400 + 1:03d}"
        yield LabelFacts(
            payload,
            typed,
            f"PEM24-5307192008-{station}-{type_code}-1",
            type_code,
            type_name,
            colour,
            HATCHES[colour][0],
            station,
            "" if station == "PPK" else desa,
            kecamatan,
            kabupaten,
            copy=1 + (number % 7 == 6),
            drill=number % 9 == 8,
            operation="Operasi Contoh" if number % 3 == 0 else "",
        )

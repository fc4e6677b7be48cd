"""Names as people type them: spelling variants, parts, places above, numbers, and when the answer is certain."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custody.intake.areacode import PlaceName
from custody.intake.search import HOWS, PlaceIndex
from custody.intake.spelling import distance, fold, mask, nearest

AREAS = [
    ("5301", "kabupaten", "Kabupaten Kupang", None),
    ("530106", "kecamatan", "Kupang Timur", "5301"),
    ("5301061004", "desa", "Oesao", "530106"),
    ("5301062015", "desa", "Oesao", "530106"),
    ("5303", "kabupaten", "Kabupaten Timor Tengah Utara", None),
    ("5303012020", "desa", "Oesena", "530301"),
    ("530304", "kecamatan", "Noemuti", "5303"),
    ("5303042001", "desa", "Noemuti", "530304"),
    ("530305", "kecamatan", "Kota Kefamenanu", "5303"),
    ("5303051001", "desa", "Kefamenanu Utara", "530305"),
    ("530306", "kecamatan", "Biboki Utara", "5303"),
    ("5303062002", "desa", "Hautaes", "530306"),
    ("5303062014", "desa", "Hauteas Barat", "530306"),
    ("530311", "kecamatan", "Miomaffo Tengah", "5303"),
    ("5303112005", "desa", "N i a n", "530311"),
    ("530313", "kecamatan", "Mutis", "5303"),
    ("5303132002", "desa", "Naekake A", "530313"),
    ("5303132003", "desa", "Naekake B", "530313"),
    ("530322", "kecamatan", "Biboki Tan Pah", "5303"),
    ("5303222001", "desa", "Teba", "530322"),
    ("5303222004", "desa", "T'Eba Timur", "530322"),
    ("5307", "kabupaten", "Sikka", None),
    ("5307-GUDANG", "warehouse", "Gudang KPU Sikka", "5307"),
    ("530718", "kecamatan", "Kewapante", "5307"),
    ("5307182001", "desa", "Waiara", "530718"),
    ("530719", "kecamatan", "Kangae", "5307"),
    ("5307192004", "desa", "Balatatatin", "530719"),
    ("5307192006", "desa", "Tana Duen", "530719"),
    ("5307192008", "desa", "Habi", "530719"),
    ("5307192010", "desa", "Waiara", "530719"),
    ("5307192011", "desa", "Djakarta Baroe", "530719"),
    ("5307192012", "desa", "SP 2", "530719"),
]
INDEX = PlaceIndex.of(
    [PlaceName(*area) for area in AREAS]
    + [PlaceName(f"{area[0]}-{n:03d}", "tps", f"TPS {n:03d}", area[0]) for area in AREAS if area[1] == "desa" for n in range(1, 4)]
)


@pytest.mark.parametrize(
    ("query", "code", "how"),
    [
        ("Habi", "5307192008", "exact"),
        ("  HABI ", "5307192008", "exact"),
        ("desa habi", "5307192008", "exact"),
        ("BLATATATIN", "5307192004", "near"),
        ("TANADUEN", "5307192006", "folded"),
        ("tana-duen", "5307192006", "folded"),
        ("TEBA", "5303222001", "exact"),
        ("teba timur", "5303222004", "folded"),
        ("t’eba timur", "5303222004", "exact"),
        ("no", "530304", "prefix"),
        ("usena", "5303012020", "folded"),
        ("nian", "5303112005", "folded"),
        ("N I A N", "5303112005", "exact"),
        ("Hautaes", "5303062002", "exact"),
        ("Hauteas", "5303062014", "prefix"),
        ("hauteas barat", "5303062014", "exact"),
        ("hautaes barat", "5303062014", "near"),
        ("Jakarta Baru", "5307192011", "folded"),
        ("jakarta baroe", "5307192011", "folded"),
        ("kefa utara", "5303051001", "part"),
        ("naekake", "5303132002", "prefix"),
        ("naekake b", "5303132003", "exact"),
        ("kangae", "530719", "exact"),
        ("Kec. Kangae", "530719", "exact"),
        ("PPK Kangae", "530719", "exact"),
        ("gudang", "5307-GUDANG", "prefix"),
        ("kpu sikka", "5307-GUDANG", "part"),
        ("5307-gudang", "5307-GUDANG", "code"),
        ("530719", "530719", "code"),
        ("53.07.19", "530719", "code"),
        ("5307192008", "5307192008", "code"),
        ("53.07.19.2008", "5307192008", "code"),
        ("53.07.19.2008-3", "5307192008-003", "code"),
        ("TPS 3 Habi", "5307192008-003", "exact"),
        ("tps 003 habi", "5307192008-003", "exact"),
        ("habi tps01", "5307192008-001", "exact"),
        ("habi 2", "5307192008-002", "exact"),
        ("TPS-02, Tanaduen", "5307192006-002", "folded"),
        ("sp 2", "5307192012", "exact"),
        ("sp 2 tps 3", "5307192012-003", "exact"),
        ("waiara, kewapante", "5307182001", "exact"),
        ("waiara kec kewapante", "5307182001", "exact"),
        ("waiara kewapante", "5307182001", "exact"),
        ("kewapante waiara", "5307182001", "exact"),
        ("waiara kangae 2", "5307192010-002", "exact"),
    ],
)
def test_found_first(query: str, code: str, how: str) -> None:
    found = INDEX.find(query)
    assert found, query
    assert (found[0].place.code, found[0].how) == (code, how)


@pytest.mark.parametrize(
    "query", ["", "   ", "zzzzz", "x" * 5_000, "'", "5399", "99.99.99.9999", "habi, zzz", "\x1b[2J", "٣", "%", "(((((", "habi\0"]
)
def test_odd_queries_find_nothing_wrong(query: str) -> None:
    place, found = INDEX.resolve(query)
    assert place is None or query == "habi\0"
    assert all(match.how in HOWS for match in found)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("habi", "5307192008"),
        ("TANADUEN", "5307192006"),
        ("Hautaes", "5303062002"),
        ("Hauteas", None),  # begins Hauteas Barat, and is one slip from Hautaes
        ("BLATATATIN", None),  # only near
        ("hab", None),
        ("Oesao", None),  # a desa and a kelurahan of one kecamatan
        ("Waiara", None),  # two kecamatan
        ("Waiara Kewapante", "5307182001"),
        ("Noemuti", None),  # a desa and its kecamatan
        ("desa Noemuti", "5303042001"),
        ("kec. Noemuti", "530304"),
        ("t'eba", None),  # Teba in another spelling, but T'Eba Timur begins so
        ("teba", "5303222001"),
        ("tps 2 habi", "5307192008-002"),
        ("tps 2 oesao", None),
    ],
)
def test_certain_or_asked(query: str, code: str | None) -> None:
    place, found = INDEX.resolve(query)
    assert (place.code if place else None) == code
    assert found


def test_equal_names_come_all() -> None:
    assert [match.place.code for match in INDEX.find("oesao")] == ["5301061004", "5301062015"]


def test_the_order_is_exact_prefix_folded_part_near() -> None:
    names = ["Oeb a-b", "Oebab Utara", "Sunu Oebab", "Oebap", "Lain"]
    index = PlaceIndex.of(PlaceName(f"530719200{n}", "desa", name, "530719") for n, name in enumerate(names))
    found = index.find("oebab")
    assert [match.place.name for match in found] == ["Oebab Utara", "Oeb a-b", "Sunu Oebab"]
    assert [match.how for match in found] == ["prefix", "folded", "part"]
    found = index.find("oeb a-b")
    assert [match.how for match in found] == ["exact", "prefix", "part"]
    found = index.find("oebak")
    assert [(match.place.name, match.errors) for match in found] == [("Oebap", 1), ("Oeb a-b", 1), ("Sunu Oebab", 1), ("Oebab Utara", 1)]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("T'Eba", "TEBA"),
        ("N i a n", "Nian"),
        ("Tana Duen", "TANADUEN"),
        ("Oesena", "Usena"),
        ("Djakarta", "Jakarta"),
        ("Soerabaja", "Surabaja"),
        ("Tjilatjap", "Cilacap"),
        ("Palu'e", "Palu’e"),
        ("Inssana", "Insana"),
        ("Café", "Cafe"),
    ],
)
def test_one_name_in_two_spellings(left: str, right: str) -> None:
    assert fold(left) == fold(right)


@pytest.mark.parametrize(("left", "right"), [("SP 1", "SP 11"), ("Hautaes", "Hauteas"), ("Naekake A", "Naekake B"), ("Habi", "Habi 2")])
def test_two_names_stay_two(left: str, right: str) -> None:
    assert fold(left) != fold(right)


def reference(left: str, right: str) -> int:
    """Optimal string alignment by its definition, without bounds."""
    rows = [list(range(len(right) + 1))]
    for i, a in enumerate(left, 1):
        rows.append([i])
        for j, b in enumerate(right, 1):
            best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, rows[i - 2][j - 2] + 1)
            rows[i].append(best)
    return rows[-1][-1]


words = st.text("ab1", max_size=9)


@given(words, words, st.integers(0, 3))
@example("ab", "ba", 2)
@example("aab1", "aba1", 1)
def test_distance_is_the_reference_up_to_its_bound_100(left: str, right: str, most: int) -> None:
    assert distance(left, right, most) == min(reference(left, right), most + 1)


@given(words, words)
@example("aaaaabbbbb", "aaaaaabbbb")
@example("bbbbbaaaaa1", "")
def test_the_letters_bound_the_distance_100(left: str, right: str) -> None:
    assert (mask(left) ^ mask(right)).bit_count() <= 2 * reference(left, right)


@given(words, st.lists(words, max_size=5))
def test_nearest_is_the_least_and_not_far_100(word: str, options: list[str]) -> None:
    found = nearest(word, options)
    least = min((reference(word, option) for option in options), default=99)
    assert (found is None) == (least > max(1, len(word) // 3) or least >= len(word))
    assert found is None or reference(word, found) == least


def test_a_single_letter_is_not_like_another() -> None:
    """`y` at the scanner is no question mark."""
    assert nearest("y", ["?", "n", "ya"]) is None
    assert nearest("ys", ["ya"]) == "ya"


@given(st.text(max_size=60))
def test_any_text_may_be_typed_100(text: str) -> None:
    place, found = INDEX.resolve(text)
    assert place is None or place in [match.place for match in found]


@given(st.sampled_from([area for area in AREAS if area[1] == "desa"]), st.data())
def test_a_name_without_one_letter_is_still_suggested_100(area: tuple[str, str, str, str], data: st.DataObject) -> None:
    name = area[2]
    at = data.draw(st.integers(0, len(name) - 1))
    typed = name[:at] + name[at + 1 :]
    if len(fold(typed)) >= 3:
        assert area[0] in [match.place.code for match in INDEX.find(typed, 40)], typed

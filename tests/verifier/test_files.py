"""Receipts and reveals as files, whole, spoilt and forged: what program, second verifier and page say of each (RECEIPT-5, REVEAL-4)."""

import json
from collections import Counter
from collections.abc import Iterator
from random import Random

from custody.conformance import questions
from custody.core.errors import Altered, BadSignature, Undecided
from custody.core.policy import Policy
from custody.ledger import receipt
from custody.ledger.receipt import Receipt
from custody.ledger.reveal import Reveal
from tests.verifier.chromium import Chromium
from tests.verifier.second import verify
from tests.verifier.test_page import in_browser, page, text

__all__ = ["page"]  # the fixture

Case = tuple[str, bytes, bytes]  # which kind, the file, the trust file
HEADERS = {"receipt": b"c2sp.org/tlog-proof@v1\n", "reveal": verify.REVEAL}


def asked() -> Iterator[Case]:
    """The files of the vectors that have the first line of their kind: without it they are of another, or of none."""
    for chapter, what, kind in (("14-receipt", "receipt.verify", "receipt"), ("25-export", "reveal.check", "reveal")):
        for one in questions.questions(chapter):
            if one.ask["what"] == what and "files" not in one.ask and (data := verify._bytes(one.ask)).startswith(HEADERS[kind]):
                yield kind, data, verify._bytes(one.ask, "policy")


def spoilt(seed: int, count: int) -> Iterator[Case]:
    """The same with a byte changed, lost or doubled, cut short, or with a line gone; and under the trust file of another."""
    random, known = Random(seed), list(asked())
    for _ in range(count):
        kind, data, policy = random.choice(known)
        at = random.randrange(len(HEADERS[kind]), len(data))
        head, rest = data[:at], data[at + 1 :]
        lines = [line for line in data.splitlines(True) if random.random() < 0.9 or line in HEADERS.values()]
        ways = [head + bytes([data[at] ^ 1 << random.randrange(8)]) + rest, head + rest, head, head + data[at - 1 :], b"".join(lines)]
        yield kind, random.choice([*ways, data]), policy if random.random() < 0.9 else random.choice(known)[2]


def said(kind: str, data: bytes, policy: bytes) -> tuple[str, str | None]:
    """What the commands of the program say: word and code."""
    read, trust = Receipt.parse if kind == "receipt" else Reveal.parse, Policy.parse(policy)
    try:
        with receipt.read():
            found: Receipt | Reveal = read(data)
        with receipt.judged():
            found.verify(trust)
    except (Altered, BadSignature, Undecided) as error:
        return "undecided" if isinstance(error, Undecided) else "altered", error.code
    return "intact", None


def of_second(kind: str, data: bytes, policy: bytes) -> tuple[str, str | None]:
    found = verify.judge_file(data, verify.read_policy(policy))
    return found["verdict"], found.get("code")


def test_whole_spoilt_and_forged() -> None:
    words = Counter[str]()
    for case in (*asked(), *spoilt(1, 3000)):
        assert of_second(*case) == said(*case), case
        words[said(*case)[0]] += 1
    assert min(words[word] for word in ("intact", "altered", "undecided")) > 50


@in_browser
def test_the_page_says_the_same(page: Chromium) -> None:
    cases = [*asked(), *spoilt(2, 400)]
    shown = page.run(
        f"{json.dumps([(kind, text(data), text(policy)) for kind, data, policy in cases])}.map(([kind, data, policy]) => "
        "{ const found = judgeLoose(kind, unbase64(data), readPolicy(unbase64(policy)), []); return [found.verdict, found.code ?? null]; })"
    )
    assert [tuple(one) for one in shown] == [of_second(*case) for case in cases]

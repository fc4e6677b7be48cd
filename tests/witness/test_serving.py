"""The witness over HTTP, status by status and header by header as C2SP tlog-witness has them (WITNESS-12)."""

from contextlib import nullcontext
from pathlib import Path

import pytest

pytest.importorskip("starlette")
pytest.importorskip("httpx2")

from starlette.testclient import TestClient

from custody.core.addcheckpoint import AddCheckpoint
from custody.core.checkpoint import cosignatures
from custody.core.note import split
from custody.witness.book import Book, origin_hash
from custody.witness.serving import application
from custody.witness.witness import Witness
from fixtures.actors import BAWASLU, LEDGER, ORIGIN
from tests.witness.test_witness import NOON, REFUSED, foreign, head, request


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return TestClient(application(Witness(Book(tmp_path, nullcontext), [LEDGER.key], BAWASLU, lambda: NOON)))


def test_the_answer_is_the_lines_and_nothing_else(client: TestClient) -> None:
    answer = client.post("/add-checkpoint", content=request(0, 5))
    assert answer.status_code == 200
    note = head(5) + answer.content
    assert [line.name for line in split(note)[1]] == [ORIGIN, BAWASLU.key.name]
    assert cosignatures(note, [BAWASLU.key]) == {BAWASLU.key.name: NOON}


@pytest.mark.parametrize("name", REFUSED)
def test_each_refusal_has_its_status(client: TestClient, name: str) -> None:
    data, code, status = REFUSED[name]
    client.post("/add-checkpoint", content=request(0, 5))
    answer = client.post("/add-checkpoint", content=data)
    if code == "witness.request.size":
        assert answer.status_code == 413  # HTTP has a number of its own for it
        return
    assert answer.status_code == status
    if status == 409:
        assert (answer.content, answer.headers["content-type"]) == (b"5\n", "text/x.tlog.size")
    else:
        assert answer.text == f"{code}\n"


def test_a_first_request_may_ask_for_the_size(client: TestClient) -> None:
    client.post("/add-checkpoint", content=request(0, 5))
    assert client.post("/add-checkpoint", content=AddCheckpoint(0, (), head(8)).format()).content == b"5\n"


def test_monitors_get_the_last_head_with_both_lines(client: TestClient) -> None:
    path = f"/{origin_hash(ORIGIN)}/checkpoint"
    assert client.get(path).status_code == 404
    line = client.post("/add-checkpoint", content=request(0, 5)).content
    assert set(client.get(path).content.splitlines()) == set((head(5) + line).splitlines())


@pytest.mark.parametrize("path", ["/key", "/policy", "/..%2Fkey/checkpoint", "/evidence/checkpoint", f"/{'0' * 64}/checkpoint"])
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    client.post("/add-checkpoint", content=request(0, 5))
    assert client.get(path).status_code in (404, 405)


def test_only_posts_add(client: TestClient) -> None:
    assert client.get("/add-checkpoint").status_code == 405
    assert client.post("/add-checkpoint", content=AddCheckpoint(0, (), foreign()).format()).status_code == 404

"""Group commit: threads that append at the same time share one transaction, one checkpoint and one sync (design chapter 3).

Nobody lingers: whoever finds the ledger free commits what waits at that moment, his own note alone if nobody else is there.
"""

from collections import deque
from threading import Lock

from custody.core.errors import Undecided
from custody.ledger.ledger import Answer, Ledger
from custody.ledger.patience import patiently
from custody.ledger.receipt import Receipt

MOST = 256  # notes under one checkpoint


class Commits:
    """A queue before one ledger, for the threads of one process."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._queue: deque[_Waiting] = deque()
        self._lead = Lock()

    def append(self, note: bytes) -> Receipt:
        """Make one note an entry; returns when it is durable, with its receipt.

        Raises as `Ledger.append` for this note alone: what is wrong with the notes of others is told to them.
        """
        waiting = _Waiting(note)
        self._queue.append(waiting)
        while waiting.answer is None:
            with self._lead:
                if waiting.answer is None:
                    self._commit()
        if isinstance(waiting.answer, Receipt):
            return waiting.answer
        raise waiting.answer

    def _commit(self) -> None:
        batch = [self._queue.popleft() for _ in range(min(MOST, len(self._queue)))]
        try:
            answers: list[Answer | BaseException] = [*patiently(lambda: self._ledger.offer([one.note for one in batch]))]
        except Exception as error:
            answers = [error] * len(batch)
        except BaseException:  # the leader is being stopped; whoever waited behind it must not wait for ever
            for one in batch:
                one.answer = Undecided("ledger.interrupted")
            raise
        for one, answer in zip(batch, answers, strict=True):
            one.answer = answer


class _Waiting:
    """A note in the queue, and what became of it."""

    __slots__ = ("answer", "note")

    def __init__(self, note: bytes) -> None:
        self.note = note
        self.answer: Answer | BaseException | None = None

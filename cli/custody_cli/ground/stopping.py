"""Ctrl-C as a request: the work under way ends in good order. A second one ends it at once, as everywhere."""

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Yields what tells whether Ctrl-C was pressed, or an end was asked for (SIGTERM), since the block began."""
    if threading.current_thread() is not threading.main_thread():  # only there signals are received
        yield lambda: False
        return
    asked = threading.Event()
    former = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}

    def noted(number: int, frame: FrameType | None) -> None:
        asked.set()
        _put_back(former)

    for one in former:
        signal.signal(one, noted)
    try:
        yield asked.is_set
    finally:
        _put_back(former)


def _put_back(former: Mapping[signal.Signals, object]) -> None:
    for number, handler in former.items():
        signal.signal(number, handler)  # type: ignore[arg-type]

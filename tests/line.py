"""A line between two programs that can be slow, fall silent and be cut: a TCP proxy on the loopback interface, for tests and benchmark."""

import queue
import socket
import threading
import time
from contextlib import suppress


class Line:
    """Listens at `port` and hands on to 127.0.0.1:target. `delay` (seconds) holds back every byte each way; bandwidth is not touched."""

    def __init__(self, target: int, delay: float = 0.0) -> None:
        self.target, self.delay = target, delay
        self.silent = threading.Event()  # nothing comes back any more; the connections stay
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Close all connections; new ones are taken."""
        while self._ends:
            end = self._ends.pop()
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near = self._listener.accept()[0]
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                if self._listener.fileno() < 0:
                    return
                near.close()
                continue
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ends += [near, far]
            self._carry(near, far, back=False)
            self._carry(far, near, back=True)

    def _carry(self, one: socket.socket, other: socket.socket, back: bool) -> None:
        under_way: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()

        def take() -> None:
            data = b"x"
            while data:
                try:
                    data = one.recv(65536)
                except OSError:
                    data = b""
                under_way.put((time.monotonic() + self.delay, data))

        def give() -> None:
            while True:
                due, data = under_way.get()
                time.sleep(max(0.0, due - time.monotonic()))
                if back and self.silent.is_set():
                    continue
                try:
                    if not data:
                        other.shutdown(socket.SHUT_WR)
                        return
                    other.sendall(data)
                except OSError:
                    return

        for work in (take, give):
            threading.Thread(target=work, daemon=True).start()

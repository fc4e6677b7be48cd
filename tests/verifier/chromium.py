"""A real Chromium without a screen, spoken to through two pipes (Chrome DevTools Protocol); nothing beside the standard library."""

import fcntl
import itertools
import json
import os
import select
import shutil
import signal
import tempfile
import time
from base64 import b64decode
from pathlib import Path
from typing import Any

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE = 120.0  # seconds for one answer
SWITCHES = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-pipe")


class Chromium:
    """One page in a browser of its own, with a profile that is thrown away. Use as a context manager."""

    def __init__(self) -> None:
        assert PROGRAM is not None
        self._home = tempfile.mkdtemp()
        (hears, self._ask), (self._told, speaks) = os.pipe(), os.pipe()
        inside = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 10) for one in (hears, speaks)]  # it hears at 3 and speaks at 4
        wires = [(os.POSIX_SPAWN_DUP2, inside[0], 3), (os.POSIX_SPAWN_DUP2, inside[1], 4)]
        silent = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
        command = [PROGRAM, *SWITCHES, f"--user-data-dir={self._home}", "about:blank"]
        self._process = os.posix_spawn(PROGRAM, command, os.environ, file_actions=[*silent, *wires], setpgroup=0)
        for one in (hears, speaks, *inside):
            os.close(one)
        self._numbers, self._rest, self._session = itertools.count(1), b"", ""

    def __enter__(self) -> "Chromium":
        pages = [one for one in self.send("Target.getTargets")["targetInfos"] if one["type"] == "page"]
        self._session = self.send("Target.attachToTarget", targetId=pages[0]["targetId"], flatten=True)["sessionId"]
        self.send("Page.enable")
        return self

    def __exit__(self, *error: object) -> None:
        os.killpg(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._ask)
        os.close(self._told)
        shutil.rmtree(self._home, ignore_errors=True)

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """What the browser answers to one command. :raises RuntimeError: when it refuses. :raises TimeoutError: when it is silent."""
        number = next(self._numbers)
        asked = {"id": number, "method": method, "params": params, **({"sessionId": self._session} if self._session else {})}
        data = json.dumps(asked).encode() + b"\0"
        while data:
            data = data[os.write(self._ask, data) :]
        while (told := self._hear()).get("id") != number:
            pass
        if "error" in told:
            raise RuntimeError(f"{method}: {told['error']}")
        answer: dict[str, Any] = told["result"]
        return answer

    def _hear(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._told], [], [], PATIENCE)
            some = os.read(self._told, 1 << 20) if ready else b""
            if not some:
                raise TimeoutError("the browser is silent")
            self._rest += some
        one, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(one)
        return told

    def open(self, page: Path) -> None:
        self.send("Page.navigate", url=page.resolve().as_uri())
        self.wait("document.readyState === 'complete' && location.protocol === 'file:'")

    def run(self, script: str) -> Any:
        """The value of an expression in the page; of a promise, what it comes to. :raises RuntimeError: when it throws."""
        told = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in told:
            raise RuntimeError(str(told["exceptionDetails"])[:2000])
        return told["result"].get("value")

    def wait(self, script: str) -> None:
        """Until an expression holds. :raises TimeoutError: when it does not come to hold."""
        end = time.monotonic() + PATIENCE
        while not self.run(script):
            if time.monotonic() > end:
                raise TimeoutError(script)
            time.sleep(0.02)

    def choose(self, selector: str, *paths: Path) -> None:
        """As a person who picks files, or a folder."""
        root = self.send("DOM.getDocument")["root"]["nodeId"]
        node = self.send("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.send("DOM.setFileInputFiles", nodeId=node, files=[str(path.resolve()) for path in paths])

    def picture(self, path: Path, width: int) -> None:
        """The whole page as a PNG, as a window of so many pixels shows it."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 600)
        path.write_bytes(b64decode(self.send("Page.captureScreenshot", captureBeyondViewport=True)["data"]))

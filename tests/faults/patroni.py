"""Three machines on this one: network namespaces on a bridge, each with etcd, Patroni and PostgreSQL (ADR 0019, guide of the data centre).

Patroni is no dependency of the project: it is fetched into a folder of its own below the system's temporary one, when a run asks for it.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from custody.store.postgres_schema import setup_sql
from tests.cluster import ACCOUNT, in_memory, own_place, programs, require_server
from tests.faults.certificates import Authority
from tests.faults.watchdog import Watchdog

VERSION = "4.1.5"
PYTHON = "/usr/bin/python3"  # the account of the servers must be able to run it
_NET, _BRIDGE = "10.77.83", "custodybr0"
_NODES = (1, 2, 3)

CONFIG = """
scope: ledger
name: n{n}
restapi: {{listen: "{ip}:8008", connect_address: "{ip}:8008"}}
etcd3: {{hosts: [{etcds}]}}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 4
    maximum_lag_on_failover: 0
    primary_start_timeout: 0
    failsafe_mode: true
    synchronous_mode: {mode}
    synchronous_mode_strict: true
    synchronous_node_count: 1
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters:
        wal_log_hints: 'on'
        synchronous_commit: 'on'
        wal_retrieve_retry_interval: 500ms
        wal_receiver_timeout: 10s
        wal_sender_timeout: 10s
        max_connections: 100
        dynamic_shared_memory_type: mmap
  initdb: [{{encoding: UTF8}}, data-checksums, {{locale: C}}, no-sync]
  pg_hba: [hostnossl all custody_app all reject, host all all {net}.0/24 trust, host replication all {net}.0/24 trust]
postgresql:
  listen: "{ip}:5432"
  connect_address: "{ip}:5432"
  data_dir: {place}/data{n}
  bin_dir: {binaries}
  pgpass: {place}/pgpass{n}
  authentication:
    superuser: {{username: postgres, password: contoh}}
    replication: {{username: rep, password: contoh}}
    rewind: {{username: rew, password: contoh}}
  parameters: {{unix_socket_directories: {place}/socket{n}, {tls}}}
watchdog: {watchdog}
"""


def run(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def fetched() -> Path:
    """Patroni in its folder; skips where it cannot be had."""
    place = Path(tempfile.gettempdir()) / f"custody-patroni-{VERSION}"
    if not (place / "whole").exists():
        shutil.rmtree(place, ignore_errors=True)
        version = run(PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])").strip()
        wanted = [f"patroni[etcd3,psycopg3]=={VERSION}", "psycopg[binary]"]
        if version != f"{sys.version_info.major}.{sys.version_info.minor}":
            pytest.skip(f"{PYTHON} is {version}: packages for it cannot be fetched by this Python")
        options = ["--quiet", "--disable-pip-version-check", "--target", str(place)]
        try:
            run(sys.executable, "-m", "pip", "install", *options, *wanted)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"Patroni {VERSION} cannot be fetched: {error.stderr.strip().splitlines()[-1:]}")
        run("chmod", "-R", "a+rX", str(place))
        (place / "whole").touch()
    return place


def require_machines() -> None:
    """Skip, and say why, where three machines cannot be played."""
    require_server()
    if os.getuid() != 0:
        pytest.skip("network namespaces need root")
    for program, package in (("ip", "iproute2"), ("etcd", "etcd-server"), (PYTHON, "python3")):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is missing (Debian: apt install {package})")
    if subprocess.run(["ip", "link", "add", _BRIDGE, "type", "bridge"], capture_output=True, check=False).returncode:
        pytest.skip("no network bridge can be made here")


@dataclass
class Machines:
    """Three nodes; their network is taken apart again by `throw_away`."""

    mode: str = "true"  # `synchronous_mode`: true, one standby by name; quorum, any one of the two
    watched: bool = False  # each machine has a watchdog, and no leader may be without
    place: Path = field(default_factory=lambda: own_place(in_memory()))
    etcds: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    patronis: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    watchdogs: dict[int, Watchdog] = field(default_factory=dict)

    def start(self) -> None:
        """Namespaces, etcd, Patroni; returns when all three stream and one is the synchronous standby."""
        self.authority = Authority.made(self.place / "authority.crt")
        run("ip", "addr", "add", f"{_NET}.1/24", "dev", _BRIDGE)
        run("ip", "link", "set", _BRIDGE, "up")
        for n in _NODES:
            self._machine(n)
            self.start_etcd(n)
        self._wait_for(self._etcd_answers)
        library = fetched()
        for n in _NODES:
            self.start_patroni(n, library)
        self.whole(120)

    def whole(self, seconds: float = 90.0) -> None:
        """Wait until there is a leader, a synchronous standby and a third that streams."""

        def now() -> bool:
            roles = sorted(one["role"] for one in self.members() if one.get("state") in ("running", "streaming"))
            return roles in (["leader", "replica", "sync_standby"], ["leader", "quorum_standby", "quorum_standby"])

        self._wait_for(now, seconds)

    def members(self) -> list[dict[str, Any]]:
        """What the first node that answers says of all of them."""
        for n in _NODES:
            with suppress(OSError, ValueError), urllib.request.urlopen(f"http://{ip(n)}:8008/cluster", timeout=2) as answer:
                return list(json.load(answer)["members"])
        return []

    def leader(self) -> int:
        """Its number."""
        return next(int(one["name"][1:]) for one in self.members() if one["role"] == "leader")

    def database(self, name: str) -> str:
        """A new, prepared database; its URL names all three."""
        self._wait_for(lambda: self._prepared(name))
        return self._url(",".join(map(ip, _NODES)), name)

    def _prepared(self, name: str) -> bool:
        """Made where the leader is now; raises CalledProcessError where it is another one before that is done."""
        where = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", ip(self.leader()), "-U", "postgres"]
        run(*where, "-c", f"DROP DATABASE IF EXISTS {name}", "-c", f"CREATE DATABASE {name}")
        subprocess.run([*where, "-d", name], input=setup_sql(), text=True, capture_output=True, check=True)
        return True

    def url_of(self, n: int, name: str) -> str:
        return self._url(ip(n), name)

    def _url(self, hosts: str, name: str) -> str:
        return f"postgresql://custody_app@{hosts}/{name}?sslrootcert={self.authority.path}"

    def start_etcd(self, n: int) -> None:
        peers = ",".join(f"e{m}=http://{ip(m)}:2380" for m in _NODES)
        words = ["--name", f"e{n}", "--data-dir", f"{self.place}/etcd{n}", "--initial-cluster", peers, "--initial-cluster-state", "new"]
        words += [word for what in ("listen", "advertise") for word in (f"--{what}-client-urls", f"http://{ip(n)}:2379")]
        words += ["--listen-peer-urls", f"http://{ip(n)}:2380", "--initial-advertise-peer-urls", f"http://{ip(n)}:2380"]
        self.etcds[n] = self._inside(n, f"etcd{n}", "etcd", *words)

    def start_patroni(self, n: int, library: Path) -> None:
        config = self.place / f"n{n}.yml"
        etcds = ", ".join(f'"{ip(m)}:2379"' for m in _NODES)
        tls = ", ".join(f"{name}: {value}" for name, value in self.authority.issue(self.folder(f"tls{n}"), ip(n)).items())
        watchdog = f"{{mode: required, driver: testing, device: {self.watch(n).pipe}}}" if self.watched else "{mode: 'off'}"
        mine = {"n": n, "ip": ip(n), "tls": tls.replace("ssl: on", "ssl: 'on'"), "watchdog": watchdog}
        config.write_text(CONFIG.format(**mine, mode=self.mode, net=_NET, etcds=etcds, place=self.place, binaries=programs()))
        self.patronis[n] = self._inside(n, f"patroni{n}", "env", f"PYTHONPATH={library}", PYTHON, "-m", "patroni", str(config))

    def back(self, n: int) -> None:
        """A machine that died is switched on again; returns when all three are as they should be."""
        self.start_etcd(n)
        self.start_patroni(n, fetched())
        self.whole(120)

    def kill(self, n: int) -> None:
        """kill -9 of everything that runs on the machine, as its power cord is pulled (its disk stays)."""
        for one in self.pids(n):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        for process in (self.patronis.pop(n, None), self.etcds.pop(n, None)):
            if process is not None:
                process.wait(timeout=20)

    def watch(self, n: int) -> Watchdog:
        """Its watchdog, which resets it; a machine that comes back has a new one."""
        if n in self.watchdogs:
            self.watchdogs[n].close()
        pipe = self.place / f"watchdog{n}"
        self.watchdogs[n] = Watchdog(pipe, lambda: self.members(), lambda: self.kill(n))
        shutil.chown(pipe, ACCOUNT)
        return self.watchdogs[n]

    def folder(self, name: str) -> Path:
        """One that belongs to the servers' account."""
        found = self.place / name
        found.mkdir(exist_ok=True)
        shutil.chown(found, ACCOUNT)
        return found

    def pids(self, n: int) -> list[int]:
        return [int(one) for one in run("ip", "netns", "pids", f"custody{n}").split()]

    def patroni_pid(self, n: int) -> int:
        """Patroni itself, not what started it."""
        for one in self.pids(n):
            words = Path(f"/proc/{one}/cmdline").read_bytes().split(b"\0")
            if b"patroni" in words and words[0].endswith(b"python3"):
                return one
        raise LookupError(f"no Patroni on machine {n}")

    def unplug(self, n: int) -> None:
        run("ip", "link", "set", f"custodyv{n}", "nomaster")

    def plug(self, n: int) -> None:
        run("ip", "link", "set", f"custodyv{n}", "master", _BRIDGE)

    def throw_away(self) -> None:
        for watchdog in self.watchdogs.values():
            watchdog.close()
        for n in _NODES:
            with suppress(subprocess.CalledProcessError):
                self.kill(n)
        for n in _NODES:
            subprocess.run(["ip", "netns", "del", f"custody{n}"], capture_output=True, check=False)
            subprocess.run(["ip", "link", "del", f"custodyv{n}"], capture_output=True, check=False)
        subprocess.run(["ip", "link", "del", _BRIDGE], capture_output=True, check=False)
        shutil.rmtree(self.place, ignore_errors=True)

    def _machine(self, n: int) -> None:
        space, near = f"custody{n}", f"custodyv{n}"
        self.folder(f"socket{n}")  # they all listen at one port
        run("ip", "netns", "add", space)
        run("ip", "link", "add", near, "type", "veth", "peer", "name", "eth0", "netns", space)
        run("ip", "link", "set", near, "master", _BRIDGE, "up")
        for words in (("addr", "add", f"{ip(n)}/24", "dev", "eth0"), ("link", "set", "eth0", "up"), ("link", "set", "lo", "up")):
            run("ip", "-n", space, *words)

    def _inside(self, n: int, log: str, *words: str) -> subprocess.Popen[bytes]:
        with (self.place / f"{log}.log").open("ab") as file:
            around = ["ip", "netns", "exec", f"custody{n}", "runuser", "-u", ACCOUNT, "--"]
            return subprocess.Popen([*around, *words], stdout=file, stderr=file, cwd="/", start_new_session=True)

    def _etcd_answers(self) -> bool:
        with suppress(OSError, ValueError), urllib.request.urlopen(f"http://{ip(1)}:2379/health", timeout=2) as answer:
            return str(json.load(answer).get("health")) == "true"
        return False

    def _wait_for(self, now: Callable[[], bool], seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while True:
            with suppress(subprocess.CalledProcessError, StopIteration):
                if now():
                    return
            if time.monotonic() > end:
                raise TimeoutError(f"{self.members()} {self._logs()}")
            time.sleep(0.3)

    def _logs(self) -> str:
        return "\n".join(f"{path.name}: {path.read_text(errors='replace')[-600:]}" for path in sorted(self.place.glob("*.log")))


@contextmanager
def running(mode: str = "true", watched: bool = False) -> Iterator[Machines]:
    """Three machines as `Machines` says, and nothing left of them afterwards; the test skips where they cannot be had."""
    require_machines()
    made = Machines(mode, watched)
    try:
        fetched()
        made.start()
        yield made
    finally:
        made.throw_away()


def ip(n: int) -> str:
    return f"{_NET}.{10 + n}"

"""A sweep on dask against PostgreSQL from two network namespaces: `namespaces.py [TASKS]`, as root.

Two namespaces stand for two computers on a network of their own (`ip netns`, a veth pair each, a
bridge). In each of them are two workers and a process that sweeps the same tasks and stores the
results; scheduler and PostgreSQL listen on the bridge. The workers of one namespace are killed
(SIGKILL) in the middle. Checked are that each task has one result, the one that is computed here,
that both namespaces computed, and that both sweeps ended well; what a sweep that did not has
printed is shown.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import psutil
from distributed import Client

from dwmtj.benchmarks._namespace_sweep import KIND, after_pulses, tasks_of
from dwmtj.storage import Store
from dwmtj.tests.postgresql.cluster import Cluster, start_cluster

TASKS = 60
NETWORK, BRIDGE, PORT, DATABASE_PORT = "10.213.77", "dwmtj0", 18786, 5432
NAMESPACES = ("dwmtj-a", "dwmtj-b")
WORKERS = 2  # in each
PATIENCE_S = 300.0
PYTHON = sys.executable


def main() -> int:
    """Print what was computed where, and return 1 if something is missing or wrong."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else TASKS
    if (why := _why_not()) is not None:
        print(f"skipped: {why}")
        return 0
    scheduler = f"{NETWORK}.1:{PORT}"
    with ExitStack() as exits:
        exits.enter_context(_network())
        database = _database(start_cluster(os.getpid()))
        begin = [PYTHON, "-m", "distributed.cli.dask_scheduler", "--no-dashboard", "--no-show"]
        exits.enter_context(_process([*begin, "--host", f"{NETWORK}.1", "--port", str(PORT)]))
        workers = [
            exits.enter_context(_process(_workers(name, number, scheduler)))
            for number, name in enumerate(NAMESPACES)
        ]
        with Client(f"tcp://{scheduler}", set_as_default=False) as client:
            client.wait_for_workers(WORKERS * len(NAMESPACES), timeout=PATIENCE_S)
        began_s = time.monotonic()
        sweep = [PYTHON, "-m", "dwmtj.benchmarks._namespace_sweep", scheduler, database, str(count)]
        printed = [exits.enter_context(tempfile.TemporaryFile("w+")) for _ in NAMESPACES]
        sweeps = [
            exits.enter_context(_process(_inside(name, sweep), errors=file.fileno()))
            for name, file in zip(NAMESPACES, printed, strict=True)
        ]
        with Store.open(database) as store:
            _wait(lambda: len(store.results(KIND)) >= count // 3)
            before = len(store.results(KIND))
            _kill(workers[0])
            ends = [each.wait(PATIENCE_S) for each in sweeps]
            took_s = time.monotonic() - began_s
            results = store.results(KIND)
        for name, file, code in zip(NAMESPACES, printed, ends, strict=True):
            if code:
                file.seek(0)
                print(f"the sweep of {name} ended with exit code {code}:\n{file.read()}")
    where = Counter(result.data["namespace"] for result in results)
    wrong = sum(
        result.data["mean_ohm"] != after_pulses(None, task, lambda _: None)["mean_ohm"]
        for result, task in zip(
            sorted(results, key=lambda r: r.seed or 0), tasks_of(count), strict=True
        )
    )
    print(
        f"{count} tasks, {WORKERS} workers in each of two namespaces, those of one killed after "
        f"{before} results: {len(results)} results ({' and '.join(map(str, where.values()))}), "
        f"{wrong} of them wrong; exit codes of the two sweeps {ends}; {took_s:.0f} s"
    )
    return int(wrong > 0 or len(results) != count or len(where) != 2 or any(ends))


def _why_not() -> str | None:
    """Return why there can be no namespaces here, None if there can."""
    if os.name == "nt" or os.geteuid() != 0:
        return "only root can make network namespaces"
    if shutil.which("ip") is None:
        return "ip is not installed: apt-get install iproute2"
    if subprocess.run(["ip", "netns", "add", "dwmtj-try"], capture_output=True).returncode:
        return "network namespaces are not allowed here"
    _ip("netns delete dwmtj-try")
    return None


@contextmanager
def _network() -> Iterator[None]:
    """Join the two namespaces by a bridge that has the first address."""
    with ExitStack() as exits:
        _ip(f"link add {BRIDGE} type bridge")
        exits.callback(_ip, f"link delete {BRIDGE}")
        _ip(f"address add {NETWORK}.1/24 dev {BRIDGE}")
        _ip(f"link set {BRIDGE} up")
        for number, name in enumerate(NAMESPACES):
            _ip(f"netns add {name}")
            exits.callback(_ip, f"netns delete {name}")
            _ip(f"link add {name} type veth peer name eth0 netns {name}")
            exits.callback(_ip, f"link delete {name}")  # with its namespace it may end later
            _ip(f"link set {name} master {BRIDGE} up")
            _ip(f"-n {name} address add {NETWORK}.{2 + number}/24 dev eth0")
            _ip(f"-n {name} link set eth0 up")
            _ip(f"-n {name} link set lo up")
        yield


def _database(cluster: Cluster) -> str:
    """Have the server listen on the bridge alone; return the URL of a database there."""
    with (cluster.folder / "data" / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all all {NETWORK}.0/24 trust\n")
    with (cluster.folder / "data" / "postgresql.conf").open("a") as settings:
        settings.write(f"listen_addresses = '{NETWORK}.1'\nport = {DATABASE_PORT}\n")
    cluster.control("restart")
    return f"postgresql+psycopg://dwmtj@{NETWORK}.1:{DATABASE_PORT}/postgres"


def _workers(name: str, number: int, scheduler: str) -> list[str]:
    command = [PYTHON, "-m", "distributed.cli.dask_worker", f"tcp://{scheduler}", "--no-dashboard"]
    host = ["--host", f"{NETWORK}.{2 + number}"]
    return _inside(name, [*command, *host, "--nworkers", str(WORKERS), "--nthreads", "1"])


def _inside(name: str, command: list[str]) -> list[str]:
    return ["ip", "netns", "exec", name, *command]


@contextmanager
def _process(
    command: list[str], errors: int | None = subprocess.DEVNULL
) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a process, which is killed with its children at the end."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors) as process:
        try:
            yield process
        finally:
            _kill(process)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and all that it has started."""
    if process.poll() is None:
        known = psutil.Process(process.pid)
        for each in (known, *known.children(recursive=True)):
            each.kill()


def _wait(reached: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not reached():
        assert time.monotonic() < deadline_s, f"nothing happens within {PATIENCE_S:g} s"
        time.sleep(0.2)


def _ip(arguments: str) -> None:
    subprocess.run(["ip", *arguments.split()], check=True)


if __name__ == "__main__":
    sys.exit(main())

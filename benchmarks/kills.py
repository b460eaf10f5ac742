"""How long a bench stays on after the process that owns it was killed: `kills.py [KILLS]`.

A lab is served over TCP; `dwmtj run` on it is killed (SIGKILL) at a random moment after an output
was switched on.
"""

import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from dwmtj.cli.serve.bench_file import bench_file_text
from dwmtj.simulators.bench import LabServer, open_lab

TARGET_s = 5.0
GIVEN_UP_s = 30.0
LATEST_KILL_s = 3.0
OUTPUTS = {"81160A": ":OUTP1?", "2400": ":OUTP?", "BOP 36-12": "OUTP?"}
RATES = "field_rate_T_per_s = 0.1", "field_rate_T_per_s = 0.5"
RUN = ("run", "write-reset-cycling", "--bench", "bench.toml", "-p", "cycles=100")


def main() -> None:
    """Print the times from the kill until everything is off."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    lab = open_lab("trapezoid?real_time=1&name=kills")
    with LabServer(lab, first_port=0) as server, tempfile.TemporaryDirectory() as folder:
        text = bench_file_text(lab, server.addresses).replace(*RATES)
        Path(folder, "bench.toml").write_text(text)
        times_s = sorted(_kill(server.addresses, folder) for _ in range(kills))
    median_s, largest_s = times_s[kills // 2], times_s[-1]
    print(
        f"{kills} kills: off after {median_s:.2f} s (median), {largest_s:.2f} s (largest); "
        f"target ≤ {TARGET_s:.0f} s"
    )


def _kill(addresses: Mapping[str, str], folder: str) -> float:
    with subprocess.Popen(
        [sys.executable, "-m", "dwmtj", *RUN],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as run:
        while not _anything_on(addresses):
            assert run.poll() is None, "the run ended before it began"
            time.sleep(0.05)
        time.sleep(random.uniform(0, LATEST_KILL_s))
        run.kill()
    killed_s = time.monotonic()
    while _anything_on(addresses):
        if time.monotonic() - killed_s > GIVEN_UP_s:
            return float("inf")
        time.sleep(0.01)
    return time.monotonic() - killed_s


def _anything_on(addresses: Mapping[str, str]) -> bool:
    return any(_ask(addresses[model], query) != "0" for model, query in OUTPUTS.items())


def _ask(address: str, query: str) -> str:
    _, host, port, _ = address.split("::")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"{query}\n".encode())
        return connection.makefile().readline().strip()


if __name__ == "__main__":
    main()

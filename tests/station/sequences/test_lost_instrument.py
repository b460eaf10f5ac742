"""An instrument whose connection is cut once in a night costs one step at most."""

from pathlib import Path
from typing import Any

import pytest

from dwmtj.instruments import parse_bench_file
from dwmtj.station.messages import Job
from dwmtj.station.sequences import nights
from dwmtj.station.sequences.night import with_outcomes
from dwmtj.station.work.clients import Clients
from dwmtj.station.work.job_queue import JobQueue
from dwmtj.station.work.station_work import StationWork
from dwmtj.storage import Store
from dwmtj.tests.campaign.proxy import Fault, FaultKind, MisbehavingWire
from dwmtj.tests.instruments.guard.tcp_bench import served_bench

SEQUENCE: dict[str, Any] = {
    "on_failure": "next step",
    "step": [
        {"name": "first", "protocol": "reset", "parameters": {"amplitude_start_V": 4.0}},
        {"name": "second", "protocol": "reset", "parameters": {"amplitude_start_V": 4.0}},
    ],
}


@pytest.mark.parametrize(
    ("instrument", "at_opening", "expected"),
    [
        ("425", False, ["failed", "finished"]),
        ("2400", True, ["finished", "finished"]),
    ],
)
def test_the_next_run_finds_the_bench_open(
    instrument: str,
    at_opening: bool,
    expected: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with served_bench() as served, Store.open(tmp_path / "lab.sqlite") as store:
        ports = {model: int(at.split("::")[2]) for model, at in served.addresses.items()}
        wire = MisbehavingWire(ports, late_s=0.0)
        for model, port in wire.port.items():
            served.addresses[model] = f"TCPIP::127.0.0.1::{port}::SOCKET"
        file = parse_bench_file(served.text.replace("_per_s = 0.5", "_per_s = 5.0"), "bench.toml")
        queue = JobQueue(tmp_path / "queue")
        work = StationWork(file, None, store, queue, Clients(None), lambda: None, "bench.toml")
        fault = Fault(instrument, FaultKind.DROPPED)

        def take() -> Job | None:
            taken = JobQueue.take(queue)
            if taken is not None and wire.struck is None:
                wire.expect(fault)
            return taken

        if at_opening:
            wire.expect(fault)
        monkeypatch.setattr(queue, "take", take)
        try:
            work.sequences.start(SEQUENCE)
            work.end(when_idle=True)
            work.work()
        finally:
            wire.close()
        assert wire.struck == fault
        (night,) = nights(store)
        assert [each.status for each in with_outcomes(store, night).outcomes] == expected

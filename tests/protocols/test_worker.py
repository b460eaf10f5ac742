"""The same protocols run in PyMeasure's own machinery."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from pymeasure.experiment import Results, Worker

from dwmtj.instruments import BenchFile, open_bench
from dwmtj.protocols.catalogue import PROTOCOLS
from dwmtj.protocols.procedure import BenchProcedure

SHORT = {
    "amplitude_start_V": 1.0,
    "amplitude_stop_V": 3.2,
    "amplitude_step_V": 0.2,
    "reset_stop_V": 3.0,
    "step_T": 0.01,
    "cycles": 1,
    "trials": 2,
    "rows": 2,
    "columns": 3,
}
LABS = {"repeated-ramp": "straight", "read-array": "array"}


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_stock_worker_runs_the_protocol_and_leaves_the_bench_safe(
    name: str, virtual: Callable[..., BenchFile], tmp_path: Path
) -> None:
    protocol: type[BenchProcedure] = PROTOCOLS[name]
    procedure = protocol(**{key: SHORT[key] for key in SHORT if key in protocol.declared()})
    bench_file = virtual(LABS.get(name, "trapezoid"))
    procedure.bench = open_bench(bench_file)
    results = Results(procedure, str(tmp_path / "run.csv"))
    worker = Worker(results)
    worker.start()
    worker.join(timeout=600)
    assert not worker.is_alive()
    assert procedure.status == procedure.FINISHED
    written = pd.read_csv(tmp_path / "run.csv", comment="#")
    expected = procedure.expected_points()
    assert len(written) <= expected if protocol.chooses_pulses else len(written) == expected
    assert written["Resistance (ohm)"].between(60, 1100).all()
    with open_bench(bench_file) as bench:
        assert abs(bench.magnet.read_field()) < 1e-3

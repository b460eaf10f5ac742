"""Retention reads ever more rarely, with nothing left on in between, and begins anew if stopped."""

from itertools import count, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dwmtj.analysis.lifetime.arrhenius import fit_arrhenius
from dwmtj.analysis.lifetime.decay import measure_decay
from dwmtj.analysis.lifetime.waits import waits_of
from dwmtj.instruments import Bench, BenchFile, load_bench_file, open_bench
from dwmtj.lab_address import LabAddress
from dwmtj.protocols import ProtocolError, Retention
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.dry_run import dry_run
from dwmtj.protocols.running.runner import run
from dwmtj.storage import Status, Store

SHORT = {"first_s": 1, "duration_s": 100, "readings_per_decade": 3}


def test_readings_come_at_equal_ratios_of_time_after_the_write(bench: Bench) -> None:
    parameters = {**SHORT, "amplitude_start_V": 1, "amplitude_stop_V": 2, "amplitude_step_V": 0.5}
    points = list(make_protocol("retention", parameters).steps(bench))
    assert [point.phase for point in points] == ["saturate", "bias", *3 * ["write"], *7 * ["read"]]
    times = np.array([point.time_s for point in points if point.phase == "read"])
    began = points[4].time_s
    assert times - began == pytest.approx(np.geomspace(1, 100, 7), abs=0.05)


def test_nothing_is_left_on_between_two_readings(bench: Bench, rig: Any) -> None:
    list(make_protocol("retention", SHORT).steps(bench))
    names = [str(call[0]) for call in rig.calls]
    wait = names[names.index("safe") :]
    assert not any(before == "read" and after != "safe" for before, after in pairwise(wait))
    assert not any(after == "read" and before != "arm" for before, after in pairwise(wait))
    assert wait.count("read") == 7
    assert [call[1] for call in rig.calls if call[0] == "field"] == [0.05, -0.004, 0.0]


def test_the_magnet_stays_on_for_a_hold_field_alone(bench: Bench, rig: Any) -> None:
    list(make_protocol("retention", {**SHORT, "hold_field_T": -0.02}).steps(bench))
    held = [call for call in rig.calls if call[0] in ("field", "safe")]
    rig.calls.clear()
    list(make_protocol("retention", SHORT).steps(bench))
    released = [call for call in rig.calls if call[0] in ("field", "safe")]
    assert len(released) == len(held) + 1


def test_a_wait_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ProtocolError, match="make duration_s longer"):
        make_protocol("retention", {"first_s": 10, "duration_s": 5})


def test_the_size_of_a_wait_is_foretold() -> None:
    procedure = make_protocol("retention", {"duration_s": "10 h", "cycles": 2})
    assert isinstance(procedure, Retention)
    foretold = dry_run(procedure, load_bench_file("virtual-trapezoid"))
    assert foretold.points == procedure.expected_points() == 2 * (2 + len(procedure.times_s()))
    assert foretold.duration_s == pytest.approx(72_000, rel=0.01)


def virtual_at(temperature_K: float, seed: int) -> BenchFile:
    bench_file = load_bench_file("virtual-trapezoid")
    address = LabAddress("trapezoid").with_options(seed=seed, temperature_K=temperature_K)
    return bench_file.model_copy(update={"visa_library": address.library})


def test_a_stopped_wait_is_begun_anew_and_complete_ones_are_kept(tmp_path: Path) -> None:
    procedure = make_protocol("retention", {**SHORT, "cycles": 3})
    with open_bench(virtual_at(300, 61)) as bench, Store.open(tmp_path / "lab.sqlite") as store:
        asked = count(1)
        first = run(procedure, bench, store, should_stop=lambda: next(asked) == 14)
        assert first.status is Status.ABORTED
        last = run(procedure, bench, store, resume=first.run_id)
        points = store.points(first.run_id)
    assert last.status is Status.FINISHED
    assert points.groupby("cycle").size().tolist() == 3 * [9]
    assert points.groupby("cycle")["attempt"].first().tolist() == [1, 2, 2]


def test_the_barrier_of_a_simulated_device_is_found_from_three_temperatures(
    tmp_path: Path,
) -> None:
    """Reversal at −48 mT: 44 mT of a nucleation field of 51 mT leave 2.5e-18 J (1 − 44/51)^1.5 =
    0.794 eV, tried at 1 GHz (presets/trapezoid.toml)."""
    wait = {"cycles": 8, "duration_s": 1e5, "readings_per_decade": 8, "hold_field_T": -0.048}
    temperatures_K, decays = (300.0, 330.0, 358.0), []
    with Store.open(tmp_path / "lab.sqlite") as store:
        for kelvin in temperatures_K:
            with open_bench(virtual_at(kelvin, 5)) as bench:
                outcome = run(make_protocol("retention", wait), bench, store)
            (waits,) = waits_of(store.points(outcome.run_id))
            decays.append(measure_decay(waits))
    found = fit_arrhenius(temperatures_K, decays)
    assert found.fits
    assert 0.794 in found.barrier_eV
    assert 1e9 in found.attempt_rate_Hz
    assert found.barrier_eV.high - found.barrier_eV.low < 0.5

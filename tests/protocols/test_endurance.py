"""Endurance cycles a device as often as asked, and reads it often enough to see it fail."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dwmtj.instruments import Bench, BenchFile, open_bench
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.dry_run import dry_run
from dwmtj.protocols.endurance import LONGEST_GAP, Endurance
from dwmtj.protocols.running.runner import run
from dwmtj.storage import Status, Store


def fired(rig: Any) -> list[float]:
    return [call[1] for call in rig.calls if call[0] == "fire"]


def test_each_half_cycle_has_its_field_and_its_equal_pulses(bench: Bench, rig: Any) -> None:
    parameters = {"write_V": 3, "reset_V": 2, "pulses": 2, "cycles": 2}
    points = list(make_protocol("endurance", parameters).steps(bench))
    fields_T = [call[1] for call in rig.calls if call[0] == "field"]
    assert fields_T == [0.05, -0.004, -0.042, -0.004, -0.042]
    assert fired(rig) == 2 * [3, 3, -2, -2]
    assert [point.phase for point in points] == ["saturate", *2 * ["write", "reset"]]
    assert [point.amplitude_V for point in points] == [None, 3, -2, 3, -2]


def test_one_bias_field_is_set_once(bench: Bench, rig: Any) -> None:
    parameters = {"cycles": 5, "write_bias_T": -0.02, "reset_bias_T": -0.02}
    list(make_protocol("endurance", parameters).steps(bench))
    assert [call[1] for call in rig.calls if call[0] == "field"] == [0.05, -0.02]


def test_every_cycle_is_fired_whether_it_is_read_or_not(bench: Bench, rig: Any) -> None:
    procedure = make_protocol("endurance", {"cycles": 200, "read_all_until": 10})
    points = list(procedure.steps(bench))
    assert fired(rig) == 200 * [4.0, -4.0]
    read = sorted({point.cycle for point in points})
    assert read[:20] == list(range(20)) and read[-1] == 199
    assert len(read) < 60
    assert len(points) == procedure.expected_points()


def test_a_million_cycles_are_read_at_intervals_of_one_percent() -> None:
    procedure = make_protocol("endurance", {"cycles": 10**6})
    assert isinstance(procedure, Endurance)
    read = np.array(procedure.read_cycles())
    gap = np.diff(read)
    assert read[:100].tolist() == list(range(100)) and read[-1] == 10**6 - 1
    assert (gap <= np.maximum(1, read[:-1] / 100)).all()
    assert gap.max() == LONGEST_GAP
    assert len(read) < 2000


def test_a_million_cycles_are_foretold_from_the_first_few_hundred(bench: Bench) -> None:
    procedure = make_protocol("endurance", {"cycles": 10**6, "write_bias_T": -0.042})
    foretold = dry_run(procedure, bench.file)
    assert foretold.pulses == 2 * 10**6
    assert foretold.points == procedure.expected_points()
    assert len(foretold.train) < 2000
    pulse_s = 0.01  # an exchange for the amplitude and one to fire it
    assert foretold.duration_s == pytest.approx(2e6 * pulse_s, rel=0.05)


def test_an_interrupted_run_is_resumed_at_the_cycle_that_was_read_last(
    virtual: Callable[..., BenchFile], tmp_path: Path
) -> None:
    procedure = make_protocol("endurance", {"cycles": 60, "read_all_until": 4})
    assert isinstance(procedure, Endurance)
    with open_bench(virtual()) as bench, Store.open(tmp_path / "lab.sqlite") as store:
        asked = count(1)
        first = run(procedure, bench, store, should_stop=lambda: next(asked) == 25)
        assert first.status is Status.ABORTED
        last = run(procedure, bench, store, resume=first.run_id)
        points = store.points(first.run_id)
    assert last.status is Status.FINISHED
    assert sorted(set(points["cycle"])) == list(procedure.read_cycles())

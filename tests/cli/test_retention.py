"""`dwmtj retention` prints lifetimes, a barrier from three temperatures, or why there is none."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from dwmtj.cli.app import app
from dwmtj.storage import Point, Status, Store

TIMES_S = np.geomspace(1, 1e5, 41).tolist()


def store_run(
    store: Store, lifetime_s: float, temperature_K: float | None, seed: int, cycles: int = 8
) -> None:
    """Store waits in 100 Ω that are left for 67 Ω at a constant rate."""
    rng = np.random.default_rng(seed)
    conditions = None if temperature_K is None else {"temperature_K": temperature_K}
    writer = store.begin_run("retention", "a", parameters={}, bench={}, conditions=conditions)
    for cycle in range(cycles):
        left_s, start_s = rng.exponential(lifetime_s), 2e5 * cycle
        writer.add(Point("bias", start_s, cycle, resistance_ohm=100.0))
        for time_s in TIMES_S:
            resistance = (100.0 if time_s < left_s else 67.0) * (1 + 1e-4 * rng.normal())
            writer.add(Point("read", start_s + time_s, cycle, resistance_ohm=resistance))
    writer.finish(Status.FINISHED)


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Runs 1 to 3 at rising temperatures, run 4 without one, run 5 without a decay."""
    path = tmp_path / "lab.sqlite"
    with Store.open(path) as store:
        for number, (lifetime_s, kelvin) in enumerate(
            ((2e4, 300.0), (1.4e3, 330.0), (1e2, 358.0), (1e3, None), (1e12, 300.0)), start=1
        ):
            store_run(store, lifetime_s, kelvin, number)
    return path


def printed(lab: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["retention", *arguments, "-d", str(lab)])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_three_temperatures_give_a_barrier_its_figure_and_a_warning_of_extrapolation(
    lab: Path, tmp_path: Path
) -> None:
    text = printed(lab, "1", "2", "3", "--at", "0C", "-o", str(tmp_path / "figures"))
    assert "as stated, not measured" in text
    assert "E_b (eV)" in text and "f0 (Hz)" in text
    assert "273.15 K lies outside of the measured 300 to 358 K" in text
    names = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert names == ["arrhenius.csv", "arrhenius.png", "arrhenius.svg"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["1", "2"], "needs waits at 3 temperatures or more"),
        (["1", "2", "4"], "run 4 has no temperature; give --temperature once for each run"),
        (["5"], "was never left: its mean lifetime is longer than"),
        (["5", "5", "5", *["--temperature=300K", "--temperature=330K"], "--temperature=358K"],
         "needs a decay at two temperatures or more"),
    ],
)  # fmt: skip
def test_where_there_is_no_barrier_the_reason_is_printed(
    lab: Path, arguments: Sequence[str], told: str
) -> None:
    text = printed(lab, *arguments)
    assert told in text
    assert "E_b" not in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["retention", "1", "2", "--temperature", "300K"], "1 temperatures are given for 2 runs"),
        (["retention", "1", "--at", "warm"], "--at warm is no temperature"),
        (["retention", "99"], "There is no run 99"),
    ],
)
def test_bad_input_is_one_sentence(
    lab: Path, refused: Callable[..., str], arguments: Sequence[str], told: str
) -> None:
    assert told in refused(lab.parent, *arguments, "-d", str(lab))

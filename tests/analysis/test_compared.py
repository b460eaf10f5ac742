"""Runs beside each other: what changed, TMR against bias, devices that fall out."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from dwmtj.analysis import AnalysisError, Estimate
from dwmtj.analysis.compared.before_after import compare_before_after
from dwmtj.analysis.compared.devices import ByDevice, compare_devices, position_of
from dwmtj.analysis.compared.run import ComparedRun, difference_ci, joined
from dwmtj.analysis.compared.states import measure_bias_dependence
from dwmtj.analysis.figures import png_of
from dwmtj.analysis.figures.compared.devices import boxes, device_map
from dwmtj.analysis.intervals import mean_ci
from dwmtj.analysis.report.comparison import compare, write_comparison
from dwmtj.analysis.report.comparison_kinds import COMPARISONS
from dwmtj.storage import Store
from dwmtj.tests.html_page import HtmlPage

from .gallery import array, loop, staircase, sweeps
from .stored import store_points
from .test_switching_law import thermal


def run(points: pd.DataFrame, number: int = 1, device: str = "A3") -> ComparedRun:
    return ComparedRun(points, device, number, "write-reset-cycling")


def aged(shift_ohm: float = 0.0, cycles: int = 6, seed: int = 3) -> pd.DataFrame:
    """Staircases whose second level is shifted; other draws of the noise for other seeds."""
    points = staircase(cycles)
    rng = np.random.default_rng(seed)
    R = points["resistance_ohm"].to_numpy() + rng.normal(0, 0.05, len(points))
    seat = rng.normal(0, 0.05, (cycles, 4))
    level = np.abs(R[:, None] - [100.0, 93.3, 76.1, 67.1]).argmin(axis=1)
    R = R + seat[points["cycle"], level] + shift_ohm * (level == 1)
    return points.assign(resistance_ohm=R)


def test_a_difference_is_covered() -> None:
    """Means of 5 and 9 normal values: of 400 intervals of 95 %, 33 misses have a chance of 1 %."""
    rng = np.random.default_rng(1)
    missed = 0
    for _ in range(400):
        before, after = rng.normal(3.0, 1.0, 5), rng.normal(4.0, 2.0, 9)
        missed += 1.0 not in difference_ci(mean_ci(after), mean_ci(before))
    assert missed <= 33


def test_a_difference_with_an_open_end_is_open() -> None:
    known, unknown = Estimate(1.0, 0.9, 1.1), Estimate(2.0, -np.inf, np.inf)
    assert difference_ci(unknown, known).high == np.inf
    assert difference_ci(known, unknown).low == -np.inf


def test_a_shifted_level_is_named_and_the_others_are_not() -> None:
    found = compare_before_after(run(aged()), run(aged(0.5, seed=4), 2))
    changed = {change.name: change for change in found.changes}
    assert changed["Resistance, level 1"].differs
    assert changed["Resistance, level 1"].verdict.endswith("Ω: higher")
    assert 0.5 in changed["Resistance, level 1"].difference
    assert "not different within this interval" in changed["Resistance, level 3"].verdict


def test_without_an_interval_nothing_is_called_alike() -> None:
    found = compare_before_after(run(aged(cycles=1)), run(aged(cycles=1, seed=4), 2))
    unknown = [change for change in found.changes if not change.known]
    assert unknown
    for change in unknown:
        assert not change.differs
        assert "not different" not in change.verdict
        assert "cannot be told" in change.verdict


def test_another_number_of_levels_is_said_and_no_level_is_compared() -> None:
    fewer = staircase(6, np.array([100.0, 76.1, 67.1]))
    found = compare_before_after(run(aged()), run(fewer, 2))
    assert [change.name for change in found.changes] == ["Resistance window"]
    assert any("4 levels before and 3 after" in remark for remark in found.remarks)


def test_loops_are_compared_by_tmr_and_fields() -> None:
    found = compare_before_after(run(loop()), run(loop(1.02), 2))
    names = [change.name for change in found.changes]
    assert "TMR" in names
    assert "Coercive field" in names
    assert next(change for change in found.changes if change.name == "Resistance, parallel").differs


def test_conditions_and_devices_that_differ_are_said() -> None:
    before = ComparedRun(aged(), "A3", 1, "p", {"pulse_width_s": 5e-8})
    after = ComparedRun(aged(seed=4), "B1", 2, "p", {"pulse_width_s": 1e-7})
    remarks = " ".join(compare_before_after(before, after).remarks)
    assert "two devices, A3 and B1" in remarks
    assert "pulse_width_s was 50 ns, then 100 ns" in remarks
    with pytest.raises(AnalysisError, match="two runs of one protocol"):
        compare_before_after(before, run(aged()))


def test_tmr_against_bias_and_its_half_are_those_of_the_junction() -> None:
    """The antiparallel excess falls as 1/(1 + (V/0.4 V)²), so V_half is 0.4 V."""
    wide = [sweeps(6, (100.0, 65.0)), sweeps(6, (65.0,))]
    found = measure_bias_dependence([run(points, number) for number, points in enumerate(wide)])
    assert (len(found.antiparallel), len(found.parallel)) == (3, 9)
    truth = 35 / 65 / (1 + (found.voltage_V / 0.4) ** 2)
    inside = [value in each for value, each in zip(truth, found.tmr, strict=True)]
    assert np.mean(inside) > 0.85
    assert found.zero_bias.value == pytest.approx(35 / 65, rel=0.02)
    assert np.isnan(found.half_V[0].value)  # beyond the sweep's 0.27 V


def test_a_half_voltage_within_the_sweep_is_found_with_its_interval() -> None:
    found = measure_bias_dependence([run(sweeps(8, (400.0, 260.0)))])
    for sign, half in zip((-1, 1), found.half_V, strict=True):
        assert half.value == pytest.approx(sign * 0.4, abs=0.02)
        assert half.low < half.value < half.high
        assert half.high - half.low < 0.1


def test_one_state_alone_has_no_tmr_and_a_switch_within_a_sweep_is_left_out() -> None:
    with pytest.raises(AnalysisError, match="one state"):
        measure_bias_dependence([run(sweeps(3))])
    points = sweeps(6, (100.0, 65.0))
    half = (points["cycle"] == 4) & (points.groupby("cycle").cumcount() > 60)
    R = points["resistance_ohm"].where(~half, 65.0)
    points = points.assign(resistance_ohm=R, voltage_V=R * points["current_A"])
    found = measure_bias_dependence([run(points)])
    assert [sweep.cycle for sweep in found.switched] == [4]


@pytest.mark.parametrize(
    ("name", "position"),
    [
        ("R3C7", (3, 7)),
        ("wafer 2 r12_c4", (12, 4)),
        ("row 3 col 7", (3, 7)),
        ("A3", None),
        ("CR3C", None),
        ("spacer3c7", None),
    ],
)
def test_positions_are_read_from_names(name: str, position: tuple[int, int] | None) -> None:
    assert position_of(name) == position


def devices(count: int, odd: int | None = None) -> list[ComparedRun]:
    rng = np.random.default_rng(2)
    runs = []
    for number in range(count):
        scale = 1.3 if number == odd else 1 + rng.normal(0, 0.004)
        points = staircase(4)
        points["resistance_ohm"] *= scale
        runs.append(run(points, number + 1, f"R{number // 3}C{number % 3}"))
    return runs


def test_a_device_that_falls_out_is_named_and_mapped() -> None:
    found = compare_devices(devices(9, odd=4))
    levels = next(each for each in found.quantities if each.name == "Resistance, level 0")
    assert levels.outliers == ("R1C1",)
    assert len(levels.values["R0C0"]) == 4
    data = device_map(levels, found.positions).data
    assert data[data["device"] == "R1C1"][["row", "column"]].to_numpy().tolist() == [[1, 1]]
    assert set(boxes(levels).data.query("falls_out")["device"]) == {"R1C1"}


def test_four_devices_are_too_few_to_fall_out() -> None:
    assert ByDevice("R", "Ω", dict.fromkeys("abc", (1.0,)) | {"d": (9.0,)}).outliers == ()


def test_a_run_without_levels_is_left_out_and_named() -> None:
    flat = staircase(4).assign(resistance_ohm=100.0)
    found = compare_devices([*devices(3), run(flat, 9, "R5C5")])
    assert "Run 9 (R5C5) is left out: The resistance never changes" in found.left_out[0]
    with pytest.raises(AnalysisError, match="Fewer than two devices"):
        compare_devices([*devices(1), run(flat, 9, "R5C5")])


def test_an_array_is_compared_device_by_device() -> None:
    found = compare_devices([run(array(4, 5), device="ARRAY")])
    names = [each.name for each in found.quantities]
    assert set(names) == {f"Resistance, written to level {level}" for level in range(4)}
    assert found.positions["ARRAY R3C4"] == (3, 4)


def test_many_devices_are_drawn_in_order() -> None:
    many = ByDevice("Window", "Ω", {f"d{n}": (100.0 + n % 7, 100.5 + n % 7) for n in range(60)})
    assert png_of(boxes(many)).startswith(b"\x89PNG")


def test_devices_whose_names_begin_alike_are_told_apart() -> None:
    pair = {"virtual-trapezoid": (1.0,), "virtual-trapezoid-five-state": (2.0,)}
    figure = Figure()
    axes = figure.subplots()
    boxes(ByDevice("Window", "Ω", pair)).paint(axes)
    first, second = (label.get_text() for label in axes.get_xticklabels())
    assert first != second


def test_cycles_of_joined_runs_are_counted_on() -> None:
    points = joined([run(staircase(3)), run(staircase(2), 2)])
    assert points["cycle"].nunique() == 5
    with pytest.raises(AnalysisError, match="2 devices"):
        joined([run(staircase(1)), run(staircase(1), 2, "B1")])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "lab.sqlite") as opened:
        yield opened


def test_each_kind_of_comparison_has_a_page(store: Store, tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    runs = {
        "before-after": [store_points(store, aged()), store_points(store, aged(0.5, seed=4))],
        "devices": [store_points(store, each.points, each.device) for each in devices(5)],
        "states": [store_points(store, sweeps(3, (R,)), protocol="iv") for R in (100.0, 65.0)],
        "widths": [
            store_points(store, thermal(rng, (width_s,), 20), protocol="switching-probability")
            for width_s in (20e-9, 200e-9)
        ],
    }
    assert runs.keys() == COMPARISONS.keys()
    for kind, numbers in runs.items():
        found = compare(store, numbers, kind)
        path = tmp_path / f"{kind}.html"
        write_comparison(found, path)
        page = HtmlPage(path.read_text(encoding="utf-8"))
        assert page.tags.count("img") == len(found.panels) > 0
        sources = [about["src"] for about in page.attributes if "src" in about]
        assert all(source.startswith("data:image/png;base64,") for source in sources)


def test_before_and_after_are_two_runs(store: Store) -> None:
    run_id = store_points(store, aged())
    with pytest.raises(AnalysisError, match="before and after are two"):
        compare(store, [run_id], "before-after")


def test_thresholds_that_a_coarse_step_rounds_alike_are_known_to_half_a_step() -> None:
    alike = ByDevice("V", "V", dict.fromkeys("abcde", (1.875, 1.875)), 0.25)
    assert (alike.mean.low, alike.mean.high) == pytest.approx((1.75, 2.0))
    apart = ByDevice("V", "V", {name: (float(at),) for at, name in enumerate("abcde")}, 0.25)
    assert apart.mean == mean_ci(np.arange(5.0))
    ladders = [run(aged(seed=seed), seed, f"D{seed}") for seed in range(2)]
    assert any(each.step > 0 for each in compare_devices(ladders).quantities)

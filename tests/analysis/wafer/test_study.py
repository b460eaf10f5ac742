"""A wafer study out of the store: what became of each device, its values, yield and page."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.criteria import load_criteria
from dwmtj.analysis.report.wafer import (
    find,
    panels,
    reason_rows,
    undetermined,
    write_wafer_report,
    yield_rows,
)
from dwmtj.analysis.wafer.quantities import state_of, table
from dwmtj.analysis.wafer.study import load_study, wafer_names
from dwmtj.storage import Point, Status, Store
from dwmtj.tests.html_page import HtmlPage
from dwmtj.wafer_map import DevicePlace, Die, WaferMap, device_name

MAP = WaferMap(diameter_m=0.05, die_width_m=0.01, die_height_m=0.01)
DIES = [Die(-1, 0), Die(0, 0), Die(1, 0), Die(0, 1), Die(0, -1)]
TAG = "study 2026-11-01 22:00:00.00"
CRITERIA = """
[[criterion]]
quantity = "antiparallel resistance"
minimum = "100 Ω"
maximum = "120 Ω"

[[criterion]]
quantity = "TMR"
minimum = "40 %"
"""


def place(die: Die, device: str) -> DevicePlace:
    return DevicePlace("W7", die, device)


def note(store: Store, tag: str = TAG, dies: list[Die] = DIES) -> None:
    data = {
        "tag": tag,
        "map": MAP.model_dump(mode="json"),
        "dies": [list(die) for die in dies],
        "devices": ["A", "B"],
    }
    store.add_result("wafer", "W7", configuration={}, data=data, key=f"{tag}/W7")


def loop(store: Store, at: DevicePlace, high_ohm: float, status: Status = Status.FINISHED) -> None:
    """Store a loop that switches at +40 and −50 mT between 65 Ω and another resistance."""
    writer = store.begin_run("minor-loop", device_name(at), parameters={}, bench={}, tags=(TAG,))
    rng = np.random.default_rng(1)
    down = np.arange(80, -81, -2)
    for field_mT, limit in [(f, -50) for f in down] + [(f, 40) for f in down[::-1]]:
        resistance = high_ohm if field_mT > limit else 65.0
        resistance += float(rng.normal(0, 0.02))
        writer.add(Point("loop", 0.0, 0, field_T=field_mT / 1e3, resistance_ohm=resistance))
    writer.finish(status, None if status is Status.FINISHED else "The junction is destroyed.")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Four dies with values, one of them out of range; a device failed, three without contact."""
    with Store.open(tmp_path / "lab.sqlite") as opened:
        note(opened)
        for die, ohms in zip(DIES[:4], (99.0, 101.0, 103.0, 110.0), strict=True):
            loop(opened, place(die, "A"), ohms)
            if die != Die(0, 1):
                loop(opened, place(die, "B"), ohms + 0.5)
        loop(opened, place(Die(0, 1), "B"), 110.0, Status.FAILED)
        for device in "AB":
            name = device_name(place(Die(0, -1), device))
            data = {"tag": TAG, "device": name, "reason": "The meter reaches its limit."}
            opened.add_result("no contact", "W7", configuration={}, data=data, key=name)
        yield opened


@pytest.fixture
def criteria(tmp_path: Path) -> Path:
    path = tmp_path / "criteria.toml"
    path.write_text(CRITERIA, encoding="utf-8")
    return path


def test_each_device_is_measured_failed_without_contact_or_not_touched(store: Store) -> None:
    note(store, dies=[*DIES, Die(1, 1)], tag=TAG + "0")
    study = load_study(store, "W7", TAG)
    states = [state_of(study, at) for at in study.places]
    assert states == ["measured"] * 7 + ["failed"] + ["no contact"] * 2
    assert [state_of(load_study(store, "W7"), at) for at in load_study(store, "W7").places] == [
        "not measured"
    ] * 12
    assert wafer_names(store) == ("W7",)


def test_a_wafer_that_is_not_stored_is_refused_with_those_that_are(store: Store) -> None:
    with pytest.raises(AnalysisError, match=r"no study of the wafer W8 .* it has W7\.$"):
        load_study(store, "W8")
    with pytest.raises(AnalysisError, match="of the sequence another"):
        load_study(store, "W7", "another")


def test_the_variation_is_that_of_the_stored_devices(store: Store) -> None:
    findings = find(store, "W7")
    found = {q.label: components for q, components in findings.components}
    resistance = found["antiparallel resistance"]
    assert (resistance.dies, resistance.devices) == (4, 7)
    assert resistance.mean.value == pytest.approx((99.25 + 101.25 + 103.25 + 110) / 4, abs=0.02)
    assert resistance.device_std.value == pytest.approx(0.5 / np.sqrt(2), abs=0.02)
    assert {"TMR", "loop height"} <= set(found)
    assert yield_rows(findings) == []


def test_the_yield_is_that_of_devices_with_contact_and_of_all_touched(
    store: Store, criteria: Path
) -> None:
    rows = find(store, "W7", load_criteria(criteria)).yields()
    shares = {name: (of.value, touched.value) for name, of, touched in rows}
    assert shares["antiparallel resistance"] == (5 / 8, 5 / 10)  # two too low, one failed
    assert shares["TMR"] == (7 / 8, 7 / 10)
    assert shares["all of them"] == (5 / 8, 5 / 10)


def test_maps_show_which_dies_have_no_contact(store: Store, criteria: Path) -> None:
    drawn = {panel.name: panel for panel in panels(find(store, "W7", load_criteria(criteria)))}
    assert set(drawn) == {
        "yield",
        "map-antiparallel-resistance",
        "devices-antiparallel-resistance",
        "map-TMR",
        "devices-TMR",
    }
    data = drawn["map-antiparallel-resistance"].data.set_index(["column", "row"])
    assert len(data) == len(MAP.dies)
    assert data["no_contact"].sum() == 1
    assert data.loc[(0, -1), "no_contact"]
    assert data.loc[(1, 0), "value"] == pytest.approx(103.25, abs=0.02)
    assert data["value"].isna().loc[(1, 1)]
    assert drawn["yield"].data.set_index(["column", "row"]).loc[(0, 1), "value"] == 50


def test_the_page_has_tables_figures_and_reasons_and_needs_nothing_else(
    store: Store, criteria: Path, tmp_path: Path
) -> None:
    findings = find(store, "W7", load_criteria(criteria))
    path = tmp_path / "w7.html"
    write_wafer_report(findings, path, "Wafer <7>", datetime.now(UTC), "lab.sqlite")
    text = path.read_text(encoding="utf-8")
    assert "Wafer &lt;7&gt;" in text
    assert text.count("data:image/png") == 5
    for expected in ("10 devices on 5 dies", "The meter reaches its limit.", "W7/d(0,-1)/B"):
        assert expected in text
    assert "The junction is destroyed." in text
    assert "script" not in HtmlPage(text).tags


def test_the_table_has_a_row_for_each_device(store: Store) -> None:
    findings = find(store, "W7")
    found = table(findings.study, findings.quantities).set_index("device")
    assert len(found) == 10
    row = found.loc["W7/d(1,0)/B"]
    assert (row["x_m"], row["y_m"], row["state"]) == (0.01, 0.0, "measured")
    assert row["antiparallel resistance (ohm)"] == pytest.approx(103.5, abs=0.02)
    assert found["TMR (ratio)"].isna()["W7/d(0,-1)/A"]


def test_a_device_whose_run_failed_and_that_lost_contact_counts_once(
    store: Store, criteria: Path
) -> None:
    name = device_name(place(Die(0, 1), "B"))
    data = {"tag": TAG, "device": name, "reason": "The meter reaches its limit."}
    store.add_result("no contact", "W7", configuration={}, data=data, key=f"{name}, again")
    findings = find(store, "W7", load_criteria(criteria))
    assert state_of(findings.study, place(Die(0, 1), "B")) == "failed"
    assert {name: touched.value for name, _, touched in findings.yields()}["TMR"] == 7 / 10


def test_what_no_run_determines_is_named_with_its_reason(tmp_path: Path, criteria: Path) -> None:
    with Store.open(tmp_path / "one.sqlite") as opened:
        note(opened, dies=DIES[:2])
        for die in DIES[:2]:
            loop(opened, place(die, "A"), 100.0 + die.column)
        loop(opened, place(DIES[0], "B"), 65.0)  # no loop at all
        findings = find(opened, "W7", load_criteria(criteria))
        assert undetermined(findings).startswith("A σ from die to die takes two dies")
        rows = reason_rows(findings)
        assert {label for label, _, _ in rows} == {"antiparallel resistance", "TMR"}
        assert all(why and count == "1" for _, why, count in rows)
        write_wafer_report(findings, tmp_path / "w.html", "W7", datetime.now(UTC), "one.sqlite")
    text = (tmp_path / "w.html").read_text(encoding="utf-8")
    assert "Without a value" in text
    assert "cannot be told apart" in text


def test_a_criterion_about_one_device_of_each_die_counts_that_device_alone(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "of-a.toml"
    text = CRITERIA.replace('minimum = "100 Ω"', 'device = "A"\nminimum = "100 Ω"')
    path.write_text(text.split('[[criterion]]\nquantity = "TMR"')[0], encoding="utf-8")
    ((_, of_contacted, of_touched),) = find(store, "W7", load_criteria(path)).yields()
    assert of_contacted.value == 3 / 4  # of the four A that were run, one has 99 Ω
    assert of_touched.value == 3 / 5
    path.write_text(path.read_text().replace('"A"', '"Z"'), encoding="utf-8")
    with pytest.raises(AnalysisError, match="the device Z, and each die of W7 has A, B"):
        find(store, "W7", load_criteria(path))

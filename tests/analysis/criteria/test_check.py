"""Quantities of runs whose truth is known, each compared with what it must and cannot be."""

from dataclasses import replace
from pathlib import Path

import pytest

from dwmtj.analysis import Estimate
from dwmtj.analysis.criteria import Answer, Finding, RunResults
from dwmtj.analysis.criteria.catalogue import QUANTITIES
from dwmtj.analysis.criteria.display import measured_text
from dwmtj.storage import Store
from dwmtj.tests.analysis.criteria.runs import against, at_rest, loop, results, staircase


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[RunResults]:
    """A staircase, a loop and readings at rest of the device A3."""
    folder = tmp_path_factory.mktemp("criteria")
    with Store.open(folder / "lab.sqlite") as opened:
        staircase(opened, 12, track_resistance_ohm=1000.0)
        loop(opened, junction_area_m2=1e-12)
        at_rest(opened, level=1)
        return results(opened)


TRUTHS = [
    ("number of levels", "", "4", 1),
    ("level resistance", "level = 1", "93 Ω", 1),
    ("level resistance", "level = 3", "67 Ω", 1),
    ("level resistance", 'level = "90 Ω"', "93 Ω", 1),
    ("level sigma", "level = 2", "0.3 Ω", 1),
    ("level conductance", "level = 2", "13.158 mS", 1),
    ("write noise", "level = 2", "0.4 %", 1),
    ("window", "", "33 Ω", 1),
    ("window ratio", "", "1.4925", 1),
    ("V_C", "level = 2", "2.6 V", 1),
    ("V_C", 'level = "77 Ω"', "2.6 V", 1),
    ("V_C sigma", "level = 2", "0.04 V", 1),
    ("V_C var", "level = 2\ncycles = 2", "3.47 %", 1),
    ("depinning threshold", "level = 1", "2.6 V", 1),
    ("depinning threshold sigma", "level = 1", "40 mV", 1),
    ("update energy", "level = 2", "315.5 pJ", 1),
    ("TMR", "", "53.85 %", 2),
    ("parallel resistance", "", "65 Ω", 2),
    ("antiparallel resistance", "", "100 Ω", 2),
    ("loop height", "", "35 Ω", 2),
    ("RA", "", "65 Ω µm²", 2),
    ("coercive field", "", "45 mT", 2),
    ("loop centre", "", "-4.5 mT", 2),
    ("switching field up", "", "40.5 mT", 2),
    ("switching field down", "", "-49.5 mT", 2),
    ("read noise", "", "100 ppm", 3),
]


def found(
    runs: list[RunResults], folder: Path, quantity: str, keys: str, limits: str
) -> list[Finding]:
    text = f'[[criterion]]\nquantity = "{quantity}"\n{keys}\n{limits}\n'
    return list(against(runs, folder, text).findings)


@pytest.mark.parametrize(("quantity", "keys", "truth", "run"), TRUTHS)
def test_the_truth_lies_in_the_interval(
    quantity: str, keys: str, truth: str, run: int, runs: list[RunResults], tmp_path: Path
) -> None:
    """One fixed data set: each interval holds the truth, which a wrong factor would not leave in.

    Both a minimum and a maximum at the truth are then undecided, or met by an exact number.
    """
    (least,) = found(runs, tmp_path, quantity, keys, f'minimum = "{truth}"')
    (most,) = found(runs, tmp_path, quantity, keys, f'maximum = "{truth}"')
    assert least.run and least.run.id == run
    assert least.answer is not Answer.NO and most.answer is not Answer.NO, least.measured
    assert least.measured is not None
    width = least.measured.estimate.high - least.measured.estimate.low
    assert width <= 1.3 * abs(least.measured.estimate.value)


def test_a_number_of_levels_that_few_visits_leave_open_is_not_decided(
    runs: list[RunResults], tmp_path: Path
) -> None:
    run = RunResults(runs[0].record, runs[0].points)
    certain = runs[0].level_report
    run.__dict__["_level_report"] = replace(certain, number_probability={4: 0.83, 5: 0.17})
    (finding,) = found([run], tmp_path, "number of levels", "", "value = 4")
    assert finding.answer is Answer.NOT_DECIDED
    assert measured_text(finding) == "4 (4 to 5)"
    (finding,) = found([run], tmp_path, "number of levels", "", "minimum = 6")
    assert finding.answer is Answer.NO


def test_every_answer_is_given(runs: list[RunResults], tmp_path: Path) -> None:
    keys = "level = 2"
    for limits, answer in (
        ('value = "76 Ω"\ntolerance = "1 Ω"', Answer.YES),
        ('value = "74 Ω"\ntolerance = "1 Ω"', Answer.NO),
        ('minimum = "76 Ω"', Answer.NOT_DECIDED),
    ):
        (finding,) = found(runs, tmp_path, "level resistance", keys, limits)
        assert finding.answer is answer
    (finding,) = found(runs, tmp_path, "level resistance", "level = 4", 'minimum = "1 Ω"')
    assert finding.answer is Answer.NOT_MEASURED
    assert finding.verdict.remark == "The run shows the levels 0 to 3, and no level 4"


def test_the_largest_voltage_is_that_of_all_cycles(runs: list[RunResults], tmp_path: Path) -> None:
    (finding,) = found(runs, tmp_path, "largest V_C", "level = 2", 'maximum = "2.75 V"')
    assert finding.answer is Answer.YES
    assert finding.measured is not None
    assert 2.62 < finding.measured.estimate.value < 2.75


def test_a_cycle_that_never_arrives_leaves_the_largest_voltage_open(tmp_path: Path) -> None:
    with Store.open(tmp_path / "lab.sqlite") as store:
        staircase(store, 6)
        staircase(store, 6, stuck=(4,))
        whole, broken = found(
            results(store), tmp_path, "largest V_C", "level = 2", 'maximum = "3 V"'
        )
    assert whole.answer is Answer.YES
    assert broken.answer is Answer.NOT_DECIDED
    assert broken.verdict.remark == "1 of 6 cycles never reached the level"


def test_readings_at_rest_bound_the_lifetime_of_the_level_they_are_in(
    runs: list[RunResults], tmp_path: Path
) -> None:
    (kept,) = found(runs, tmp_path, "retention", "level = 1", 'minimum = "100 s"')
    assert kept.run and kept.run.id == 3
    assert kept.answer is Answer.YES
    (short,) = found(runs, tmp_path, "retention", "level = 1", 'minimum = "1 h"')
    assert short.answer is Answer.NOT_DECIDED
    assert short.verdict.remark.startswith("watching for 3.6 h more")
    (other,) = found(runs, tmp_path, "retention", "level = 2", 'minimum = "1 h"')
    assert other.answer is Answer.NOT_MEASURED


def test_a_level_is_that_nearest_to_its_resistance(runs: list[RunResults], tmp_path: Path) -> None:
    (kept,) = found(runs, tmp_path, "retention", 'level = "0.09 kΩ"', 'minimum = "100 s"')
    assert (kept.criterion.label, kept.answer) == ("retention at 90 Ω", Answer.YES)
    (none,) = found(runs, tmp_path, "level resistance", 'level = "105 Ω"', 'minimum = "1 Ω"')
    assert none.answer is Answer.NOT_MEASURED
    assert none.verdict.remark.startswith("The run has no level near 105 Ω; its levels are 100.1, ")


def test_levels_nearer_than_the_tolerance_are_left_at_half_their_distance(tmp_path: Path) -> None:
    """A wall that moves to a level 1 % away has left its own."""
    with Store.open(tmp_path / "lab.sqlite") as store:
        staircase(store, 6)
        at_rest(store, level=1, then_ohm=92.0)
        (run, resting) = results(store)
        near = replace(run.levels[2], resistance_ohm=Estimate(92.0, 91.9, 92.1))
        levels = (*run.levels[:2], near, *run.levels[2:])
        run.__dict__["_level_report"] = replace(run.level_report, levels=levels)
        (left,) = found([run, resting], tmp_path, "retention", "level = 1", 'minimum = "1 s"')
    assert left.measured is not None
    assert left.measured.estimate.value == pytest.approx(200, rel=0.02)


def test_readings_of_no_level_have_no_lifetime(tmp_path: Path) -> None:
    with Store.open(tmp_path / "lab.sqlite") as store:
        at_rest(store, level=1)
        (alone,) = found(results(store), tmp_path, "retention", "level = 1", 'minimum = "1 s"')
    assert alone.answer is Answer.NOT_MEASURED
    assert "add a run with pulses on this device" in alone.verdict.remark


def test_a_run_of_another_device_says_nothing(runs: list[RunResults], tmp_path: Path) -> None:
    (finding,) = found(runs, tmp_path, "TMR", 'device = "B1"', 'minimum = "50 %"')
    assert finding.verdict.remark == "none of the runs is of device B1"
    (finding,) = found(runs, tmp_path, "TMR", 'protocol = "iv"', 'minimum = "50 %"')
    assert finding.verdict.remark == "none of the runs is of protocol iv"


def test_runs_of_another_kind_are_passed_over_and_named_if_no_other_is_there(
    runs: list[RunResults], tmp_path: Path
) -> None:
    (finding,) = found(runs, tmp_path, "write yield", "", 'minimum = "90 %"')
    assert finding.answer is Answer.NOT_MEASURED
    assert finding.verdict.remark == "no array that was written in run 1, 2, 3"
    (finding,) = found(runs, tmp_path, "one-step resets", "", 'minimum = "90 %"')
    assert "no pulses of the phase reset in run 1" in finding.verdict.remark


def test_a_run_that_should_say_something_and_fails_has_its_own_line(tmp_path: Path) -> None:
    """A dead device beside a good one is not passed over."""
    with Store.open(tmp_path / "lab.sqlite") as store:
        staircase(store, 4)
        staircase(store, 4, stuck=(0, 1, 2, 3))
        good, dead = found(results(store), tmp_path, "number of levels", "", "value = 4")
    assert (good.answer, dead.answer) == (Answer.YES, Answer.NOT_MEASURED)
    assert "single level" in dead.verdict.remark


def test_a_product_with_the_area_needs_the_area(tmp_path: Path) -> None:
    with Store.open(tmp_path / "lab.sqlite") as store:
        loop(store)
        (finding,) = found(results(store), tmp_path, "RA", "", 'maximum = "1 Ω µm²"')
    assert finding.answer is Answer.NOT_MEASURED
    assert "no junction_area_m2" in finding.verdict.remark


def test_the_energy_needs_a_track_resistance(tmp_path: Path) -> None:
    limits = 'maximum = "1 nJ"'
    with Store.open(tmp_path / "lab.sqlite") as store:
        staircase(store, 4)
        (without,) = found(results(store), tmp_path, "update energy", "level = 2", limits)
        keys = 'level = 2\ntrack_resistance = "1 kΩ"'
        (given,) = found(results(store), tmp_path, "update energy", keys, limits)
    assert "add track_resistance" in without.verdict.remark
    assert given.answer is Answer.YES


def test_every_quantity_answers_to_every_kind_of_run(
    runs: list[RunResults], tmp_path: Path
) -> None:
    """No quantity raises: what a run cannot say is a reason."""
    for name, quantity in QUANTITIES.items():
        keys = "level = 1" if quantity.has_level else ""
        unit = {"ohm": "Ω", "ratio": "%", "ohm m2": "Ω µm²"}.get(quantity.unit, quantity.unit)
        for finding in found(runs, tmp_path, name, keys, f'minimum = "1 {unit}"'):
            assert finding.measured is not None or finding.verdict.remark, name

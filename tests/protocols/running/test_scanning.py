"""A scan is a run for each combination of its values, in order, and nothing else is one."""

import pytest

from dwmtj.protocols import ProtocolError
from dwmtj.protocols.running.scanning import scanned_runs


def test_a_scan_has_a_run_for_each_combination_and_the_last_value_changes_fastest() -> None:
    scans = ["pulse_width_s=20ns,50n", "bias_field_T=-4mT, 0.0 T,-40 Oe"]
    with pytest.raises(ProtocolError, match="has a value twice"):
        scanned_runs("staircase-write", {}, scans)
    runs = scanned_runs("staircase-write", {"cycles": 3}, [scans[0], "bias_field_T=-4mT,0mT"])
    assert [tuple(run.values.values()) for run in runs] == [
        (20e-9, -4e-3),
        (20e-9, 0.0),
        (50e-9, -4e-3),
        (50e-9, 0.0),
    ]
    assert runs[1].title == "run 2 of 4: pulse_width_s = 20 ns, bias_field_T = 0 T"
    stored = runs[2].procedure.parameter_values()
    assert (stored["cycles"], stored["pulse_width_s"], stored["bias_field_T"]) == (3, 5e-8, -4e-3)


def test_decimal_commas_go_with_semicolons() -> None:
    runs = scanned_runs("staircase-write", {}, ["amplitude_stop_V=2,5;3,5"])
    assert [run.values["amplitude_stop_V"] for run in runs] == [2.5, 3.5]


@pytest.mark.parametrize(
    ("scans", "told"),
    [
        (["pulse_width_s"], "cannot be read; write --scan NAME=v1,v2"),
        (["pulse_width_s=20ns,"], "cannot be read"),
        (["pulse_width_s=20,50ns"], "some values have a unit and some have none"),
        (["amplitude_stop_V=2,5 V"], "some values have a unit and some have none"),
        (["pulse_width=20ns,50ns"], "did you mean 'pulse_width_s'"),
        (["cycles=1,2", "cycles=3"], "cycles is scanned twice"),
        (["cycles=1,2,1"], "has a value twice"),
        (["amplitude_start_V=3,5"], "below its start"),
    ],
)
def test_what_is_no_scan_is_refused_in_one_sentence(scans: list[str], told: str) -> None:
    with pytest.raises(ProtocolError, match=told):
        scanned_runs("staircase-write", {}, scans)

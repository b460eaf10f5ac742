import re
from collections.abc import Mapping

import pytest

from dwmtj.instruments import BenchError, StopConditions, load_bench_file, parse_bench_file
from dwmtj.instruments.bench_file import built_in_benches
from dwmtj.instruments.stop_conditions import parse_condition

POINT: Mapping[str, object] = {
    "resistance_ohm": 20.5,
    "temperature_K": 295.0,
    "cycle": 3,
    "field_T": None,
    "leakage_A": float("nan"),
    "remark": "text",
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("resistance_ohm < 40", True),
        ("40 > resistance_ohm", True),
        ("resistance_ohm < 20.5", False),
        ("resistance_ohm <= 20.5", True),
        ("10 < resistance_ohm < 20", False),
        ("cycle == 3", True),
        ("cycle != 3", False),
        ("temperature_K > 310 or resistance_ohm < 40", True),
        ("temperature_K > 310 and resistance_ohm < 40", False),
        ("temperature_K > 310 and cycle > 5 or resistance_ohm < 40", True),
        ("temperature_K > 310 and (cycle > 5 or resistance_ohm < 40)", False),
        ("resistance_ohm > -1e3", True),
        ("temperature_K > resistance_ohm", True),
        ("field_T < 1", False),  # not measured
        ("absent < 1", False),
        ("leakage_A != 0", False),  # no reading
        ("remark > 0", False),
    ],
)
def test_a_condition_means_what_it_says(text: str, holds: bool) -> None:
    assert parse_condition(text).holds(POINT.get) is holds


def test_a_condition_knows_the_quantities_that_it_names() -> None:
    condition = parse_condition("a_K > 3 or (b_A < 2 and a_K < 1)")
    assert condition.quantities == {"a_K", "b_A"}
    assert condition.text == "a_K > 3 or (b_A < 2 and a_K < 1)"


def test_the_longest_condition_has_a_thousand_characters() -> None:
    longest = "a < " + " " * 995 + "1"
    assert parse_condition(longest).holds({"a": 0}.get)
    with pytest.raises(BenchError, match=r"^'a < {77}' is not a condition"):
        parse_condition(longest + "1")


@pytest.mark.parametrize(
    "text",
    [
        "resistance_ohm",
        "resistance_ohm <",
        "resistance_ohm < '40'",
        "resistance_ohm < True",
        "resistance_ohm in (1, 2)",
        "resistance_ohm < 40 Ω",
        "x = 3",
        "__import__('os').system('true') < 1",
        "point.resistance_ohm < 40",
        "(lambda: 1)() < 2",
        "resistance_ohm < 40; 1 < 2",
        "not resistance_ohm < 40",
        "resistance_ohm + 1 < 40",
        "",
        "\0",
        "(" * 900 + "a < 1" + ")" * 90,
        "a < 1 or " * 5000 + "a < 1",
        " " + "a < 1 or " * 111 + "a < 12",  # valid, if it were cut
    ],
)
def test_what_is_no_condition_gets_one_sentence(text: str) -> None:
    with pytest.raises(BenchError, match=r"is not a condition: compare quantities with numbers"):
        parse_condition(text)


def bench_with(stop: str) -> str:
    return re.sub(r"(?s)\[stop\].*", stop, built_in_benches()["virtual-trapezoid"].read_text())


@pytest.mark.parametrize(
    ("stop", "message"),
    [
        ('[stop]\nstop_if = "x <"', r"line \d+: stop.stop_if is 'x <' is not a condition"),
        ("[stop]\nstop_fi = 1", "stop.stop_fi is not a key of the bench file; known here: minimum"),
        (
            "[stop]\nminimum_resistance_ohm = 40.0\nmaximum_resistance_ohm = 4.0",
            "stop minimum_resistance_ohm is 40.0 and maximum_resistance_ohm 4.0: the first must be",
        ),
        ("[stop]\nminimum_resistance_ohm = -1.0", "minimum_resistance_ohm is -1.0; it must be"),
        ("[stop]\nconfirmed_by = -1", "confirmed_by is -1; it must be greater than or equal to 0"),
    ],
)
def test_a_faulty_section_gets_one_sentence(stop: str, message: str) -> None:
    with pytest.raises(BenchError, match=message):
        parse_bench_file(bench_with(stop), "bench.toml")


def test_the_section_and_each_of_its_keys_may_be_left_out() -> None:
    assert parse_bench_file(bench_with(""), "bench.toml").stop == StopConditions()
    stop = parse_bench_file(bench_with('[stop]\nstop_if = "cycle > 3"'), "bench.toml").stop
    assert stop.condition is not None
    assert stop.confirmed_by == 2


def test_the_condition_of_one_run_replaces_that_of_the_bench() -> None:
    stop = load_bench_file("virtual-trapezoid").stop
    replaced = stop.with_stop_if(" cycle > 3 ")
    assert replaced.minimum_resistance_ohm == stop.minimum_resistance_ohm
    assert replaced.stop_if == "cycle > 3"
    assert replaced.with_stop_if("  ").condition is None
    with pytest.raises(BenchError, match="is not a condition"):
        stop.with_stop_if("cycle >")

"""The declared parameters of the protocols, as a form or a table shows them."""

import pytest
from pymeasure.experiment import Parameter

from dwmtj.instruments import Limits
from dwmtj.protocols import PROTOCOLS, BenchProcedure, ProtocolError, WriteVerify, make_protocol
from dwmtj.protocols.declarations import Declaration, Group, declarations

ALL = [*PROTOCOLS.values(), WriteVerify]


def declaration(protocol: str, name: str) -> Declaration:
    (found,) = (each for each in declarations(PROTOCOLS[protocol]) if each.name == name)
    return found


@pytest.mark.parametrize("protocol", ALL, ids=lambda protocol: protocol.name)
def test_every_parameter_is_declared_once_with_a_label_and_a_help(
    protocol: type[BenchProcedure],
) -> None:
    names = [each.name for each in declarations(protocol)]
    assert sorted(names) == sorted(protocol.declared())
    assert all(each.label and each.help for each in declarations(protocol))


@pytest.mark.parametrize("protocol", ALL, ids=lambda protocol: protocol.name)
def test_groups_follow_one_another_as_in_the_form(protocol: type[BenchProcedure]) -> None:
    groups = [each.group for each in declarations(protocol)]
    assert groups == sorted(groups, key=list(Group).index)


def test_parameters_stand_in_the_order_in_which_a_staircase_is_described() -> None:
    assert [each.name for each in declarations(PROTOCOLS["repeated-ramp"])] == [
        "amplitude_start_V",
        "amplitude_stop_V",
        "amplitude_step_V",
        "pulse_width_s",
        "rise_s",
        "fall_s",
        "saturation_field_T",
        "bias_field_T",
        "read_current_A",
        "read_delay_s",
        "cycles",
    ]


def test_a_class_that_overrides_a_default_keeps_the_place_and_shows_its_own() -> None:
    assert declaration("staircase-write", "amplitude_stop_V").default == 4.0
    assert declaration("repeated-ramp", "amplitude_stop_V").default == 5.5


@pytest.mark.parametrize(
    ("protocol", "name", "shown"),
    [
        ("staircase-write", "pulse_width_s", "50 ns"),
        ("staircase-write", "amplitude_step_V", "10 mV"),
        ("staircase-write", "amplitude_stop_V", "4 V"),
        ("staircase-write", "bias_field_T", "-4 mT"),
        ("staircase-write", "read_current_A", "100 µA"),
        ("staircase-write", "read_delay_s", "0 s"),
        ("minor-loop", "step_T", "2 mT"),
        ("read-series", "readings", "1000"),
    ],
)
def test_a_default_is_shown_in_the_unit_of_the_field(protocol: str, name: str, shown: str) -> None:
    declared = declaration(protocol, name)
    assert declared.show(declared.default) == shown
    assert declared.parse(declared.show_number(declared.default)) == declared.default


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_default_is_accepted_as_it_is_shown(name: str) -> None:
    declared = declarations(PROTOCOLS[name])
    procedure = make_protocol(name, {each.name: each.show(each.default) for each in declared})
    assert procedure.parameter_values() == make_protocol(name).parameter_values()


@pytest.mark.parametrize("protocol", ALL, ids=lambda protocol: protocol.name)
def test_a_limit_of_a_parameter_is_a_key_of_the_bench_file(protocol: type[BenchProcedure]) -> None:
    limits = {each.limit for each in declarations(protocol)} - {None}
    assert limits <= set(Limits.model_fields)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (
            "pulse_width_s",
            "1",
            "Pulse width is '1' (1 ns); it must be a number from 1.5 ns to 1 s.",
        ),
        (
            "pulse_width_s",
            "5 T",
            "Pulse width is '5 T', a magnetic field and not a time; it must be a number from "
            "1.5 ns to 1 s.",
        ),
        (
            "amplitude_stop_V",
            "4 kV",
            "Last amplitude is '4 kV'; it must be a number from 0 to 100 V.",
        ),
        (
            "amplitude_stop_V",
            "4 M",
            "Last amplitude is '4 M' (4 MV); it must be a number from 0 to 100 V.",
        ),
        ("bias_field_T", " ", "Bias field is empty; it must be a number from -3 to 3 T."),
        ("cycles", "2.5", "Cycles is '2.5'; it must be a whole number from 1 to 10⁹."),
        (
            "cycles",
            60 * "x",
            f"Cycles is '{40 * 'x'}…'; it must be a whole number from 1 to 10⁹.",
        ),
    ],
)
def test_a_refusal_names_parameter_value_and_remedy(name: str, text: str, sentence: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        declaration("staircase-write", name).parse(text)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("value", [True, None, float("nan"), float("inf"), [1.0]])
def test_what_is_no_finite_number_is_refused(value: float) -> None:
    with pytest.raises(ProtocolError, match="must be a whole number"):
        make_protocol("staircase-write", {"cycles": value})


def test_a_whole_number_may_be_written_as_a_power_of_ten() -> None:
    cycles = declaration("staircase-write", "cycles").parse("1e3")
    assert (cycles, type(cycles)) == (1000, int)


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=PROTOCOLS)
def test_the_parameters_stay_those_of_pymeasure(protocol: type[BenchProcedure]) -> None:
    for each in declarations(protocol):
        assert isinstance(getattr(protocol, each.name), Parameter)

"""A bench file is read strictly; what is wrong is named with line, key and remedy."""

from pathlib import Path

import pytest

from dwmtj.instruments import BenchError, built_in_benches, load_bench_file, parse_bench_file
from dwmtj.instruments.drivers import describe

GOOD = built_in_benches()["virtual-trapezoid"].read_text()


def line_of(text: str, start: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def test_every_built_in_bench_is_valid_and_found_by_its_name() -> None:
    for name in built_in_benches():
        assert load_bench_file(name).name == name


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("amplifier_gain = 2.0", "amplifer_gain = 2.0", r"not a key.*amplifier_gain"),
        ("amplifier_gain = 2.0", "amplifier_gain = -2.0", r"amplifier_gain is -2\.0; it must be"),
        ('"Keysight81160A"', '"Keysight81160B"', r"'Keysight81160B'; choose 'Keysight81160A'"),
        ("field_T = 0.13", 'field_T = "0.13 T"', r"limits\.field_T is '0\.13 T'; it must be"),
        ("nplc = 1.0", "nplc = 100", r"nplc is 100; it must be"),
        ("channel = 1", "channel = 3", r"channel is 3; choose 1 or 2"),
        ("coil_T_per_A = 0.0125", "coil_T_per_A = 0", r"coil_T_per_A is 0; it must be more than"),
        ("coil_T_per_A = 0.0125", "coil_T_per_A = nan", r"coil_T_per_A is nan; it must be"),
        ("field_T = 0.13", "field_T = inf", r"field_T is inf; it must be"),
        ("nplc = 1.0", "nplc = true", r"nplc is True; it must be"),
        ("four_wire = true", 'four_wire = "yes"', r"four_wire is 'yes'; it must be"),
        ("read_voltage_V = 0.5", "read_voltage_V = 500", r"is 500; it must be.* is 500e-3\)"),
        ("read_current_A = 200e-6", "read_current_A = 200", r"in A: 200 µA is 200e-6\)"),
        ("field_T = 0.13", "field_T = 130", r"in T: 130 mT is 130e-3\)"),
        ("pulse_width_s = 1e-6", "pulse_width_s = 50", r"in s: 50 ns is 50e-9\)"),
        (
            "field_T = 0.13",
            "lowest_temperature_K = 290.0\nfield_T = 0.13\nhighest_temperature_K = 280.0",
            r"highest_temperature_K is not above lowest_temperature_K",
        ),
        ('"Keithley2400"', '["Keithley2400"]', r"driver is \['Keithley2400'\]; it must be a text"),
        ('"Keithley2400"', '"\\u001b[31m"', r"driver is '\\x1b\[31m'; choose"),
        ('"virtual-trapezoid"', '"a\\u202e"', r"name is 'a\\u202e'; it must be printable"),
    ],
)
def test_a_wrong_value_names_line_key_and_remedy(old: str, new: str, message: str) -> None:
    text = GOOD.replace(old, new, 1)
    with pytest.raises(BenchError, match=message) as caught:
        parse_bench_file(text, "bench.toml")
    line = next(n for n, line in enumerate(text.splitlines(), 1) if new.splitlines()[-1] in line)
    assert str(caught.value).startswith(f"bench.toml, line {line}: ")


def test_a_missing_key_names_its_section() -> None:
    text = GOOD.replace("coil_T_per_A = 0.0125\n", "")
    with pytest.raises(BenchError, match=r"magnet\.coil_T_per_A is missing; add it") as caught:
        parse_bench_file(text, "bench.toml")
    assert f"line {line_of(text, '[magnet]')}:" in str(caught.value)


def test_text_that_is_no_toml_names_the_place() -> None:
    with pytest.raises(BenchError, match=r"not valid TOML.*line 1"):
        parse_bench_file("name = oops\n", "bench.toml")


@pytest.mark.parametrize(
    "text",
    [
        "limits = " + "[" * 20_000,
        "a = " + "[" * 5000 + "]" * 5000,
        "a" + ".a" * 2_000 + " = 1",
        "a = " + "1" * 5000,
    ],
)
def test_a_file_that_is_nested_deeply_or_has_an_endless_number_gets_one_sentence(text: str) -> None:
    with pytest.raises(BenchError, match=r"^The bench file bench\.toml is n.*\.$"):
        parse_bench_file(text, "bench.toml")


def test_a_value_of_any_length_gets_a_short_sentence() -> None:
    with pytest.raises(BenchError, match=r"nplc is '1{199}…; it must be a number") as caught:
        parse_bench_file(GOOD.replace("nplc = 1.0", f'nplc = "{"1" * 131_072}"'), "bench.toml")
    assert len(str(caught.value)) < 300


def test_a_byte_order_mark_at_the_start_is_no_part_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "bench.toml").write_text(GOOD, encoding="utf-8-sig")
    assert load_bench_file(tmp_path / "bench.toml").name == "virtual-trapezoid"


@pytest.mark.parametrize("content", [GOOD.encode("utf-16"), GOOD.encode("utf-16")[:-1]])
def test_a_file_in_utf_16_is_to_be_saved_as_utf_8(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bench.toml").write_bytes(content)
    with pytest.raises(BenchError, match=r"cannot be read \(it is UTF-16: save it as UTF-8\)"):
        load_bench_file(tmp_path / "bench.toml")


def test_a_bench_without_a_gaussmeter_is_a_bench() -> None:
    start, end = GOOD.index("[magnet.gaussmeter]"), GOOD.index("[resistance_meter]")
    bench_file = parse_bench_file(GOOD[:start] + GOOD[end:], "bench.toml")
    assert bench_file.magnet is not None
    assert bench_file.gaussmeter is None
    assert list(describe(bench_file)) == ["pulse generator", "magnet supply", "resistance meter"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"name = '\xe9'"])
def test_a_file_that_cannot_be_read_gets_one_sentence(
    content: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "bench.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BenchError, match=r"cannot be read.*virtual-trapezoid"):
        load_bench_file(path)


def test_a_value_where_a_section_belongs_is_said_to_be_one() -> None:
    text = "wiring = 3\n" + GOOD.replace("[wiring]", "[other]")
    with pytest.raises(BenchError, match=r"other is not a key of the bench file|wiring"):
        parse_bench_file(text, "bench.toml")
    text = "limits = 3\n" + GOOD.partition("[limits]")[0]
    with pytest.raises(BenchError, match=r"line 1: limits is 3; it must be a section, \[limits\]"):
        parse_bench_file(text, "bench.toml")


def test_a_lab_file_is_found_beside_the_bench_file_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lab.toml").write_text("")
    (tmp_path / "bench.toml").write_text(GOOD.replace("trapezoid@", "lab.toml?seed=3@"))
    monkeypatch.chdir("/")
    loaded = load_bench_file(tmp_path / "bench.toml")
    assert loaded.visa_library == f"{tmp_path / 'lab.toml'}?seed=3@dwmtj"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"501:520"', '"501:5x0"', r"column_channels is '501:5x0'; it must be a list of channels"),
        ('"501:520"', '"520:501"', r"column_channels is '520:501'; it must be a list"),
        ('"501:520"', '"501,501"', r"such as \"101:140,201:208\", each once"),
        ("row_channels", "rows", r"switch\.rows is not a key.*driver, address, .*, row_channels"),
        (
            '"501:520"',
            '"408"',
            r"line \d+: switch has channel 408 for a row and for a column; correct row_channels",
        ),
        ('"Keithley2750"', '"Keithley7001"', r"'Keithley7001'; choose 'Keithley2750'"),
    ],
)
def test_a_mistake_in_the_switch_is_named(old: str, new: str, message: str) -> None:
    text = built_in_benches()["virtual-array"].read_text()
    with pytest.raises(BenchError, match=message):
        parse_bench_file(text.replace(old, new, 1), "bench.toml")

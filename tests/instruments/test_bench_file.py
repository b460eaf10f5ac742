"""A bench file is read strictly; what is wrong is named with line, key and remedy."""

from pathlib import Path

import pytest

from instruments import BenchError, built_in_benches, load_bench_file, parse_bench_file

GOOD = built_in_benches()["virtual-trapezoid"].read_text()


def line_of(text: str, start: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def test_every_built_in_bench_is_valid_and_found_by_its_name() -> None:
    for name in built_in_benches():
        assert load_bench_file(name).name == name


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("amplifier_gain = 2.0", "amplifer_gain = 2.0", r"not a key.*amplifier_gain"),
        ("amplifier_gain = 2.0", "amplifier_gain = -2.0", r"amplifier_gain is -2\.0; it must be"),
        ('"Keysight81160A"', '"Keysight81160B"', r"'Keysight81160B'; choose 'Keysight81160A'"),
        ("field_T = 0.13", 'field_T = "0.13 T"', r"limits\.field_T is '0\.13 T'; it must be"),
        ("nplc = 1.0", "nplc = 100", r"nplc is 100; it must be"),
        ("channel = 1", "channel = 3", r"channel is 3; choose 1 or 2"),
    ],
)
def test_a_wrong_value_names_line_key_and_remedy(old: str, new: str, told: str) -> None:
    text = GOOD.replace(old, new, 1)
    with pytest.raises(BenchError, match=told) as caught:
        parse_bench_file(text, "bench.toml")
    line = next(n for n, line in enumerate(text.splitlines(), 1) if new in line)
    assert str(caught.value).startswith(f"bench.toml, line {line}: ")


def test_a_missing_key_names_its_section() -> None:
    text = GOOD.replace("coil_T_per_A = 0.0125\n", "")
    with pytest.raises(BenchError, match=r"magnet\.coil_T_per_A is missing; add it") as caught:
        parse_bench_file(text, "bench.toml")
    assert f"line {line_of(text, '[magnet]')}:" in str(caught.value)


def test_text_that_is_no_toml_names_the_place() -> None:
    with pytest.raises(BenchError, match=r"not valid TOML.*line 1"):
        parse_bench_file("name = oops\n", "bench.toml")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_gets_one_sentence(
    content: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "bench.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BenchError, match=r"cannot be read.*virtual-trapezoid"):
        load_bench_file(path)

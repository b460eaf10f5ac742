"""Device files: round trip, and what a wrong file is message."""

from dataclasses import replace
from pathlib import Path

import pytest

from dwmtj.simulators.device import DeviceError, device_toml, load_device, presets


def test_the_presets_are_listed_and_load() -> None:
    assert presets() == ["straight", "trapezoid", "trapezoid_five_state"]
    assert [load_device(name).name for name in presets()] == presets()


@pytest.mark.parametrize("name", presets())
def test_a_device_survives_being_written_and_read(name: str, tmp_path: Path) -> None:
    parameters = replace(load_device(name), name='my "best" device, Ω')
    path = tmp_path / "device.toml"
    path.write_text(device_toml(parameters), encoding="utf-8")
    assert load_device(path) == parameters
    assert load_device(str(path)) == parameters


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "tmr = 0.54",
            "tmrr = 0.54",
            r"line 123: junction\.tmrr is not a key of the device file; known here: start_m.* tmr,",
        ),
        ("end_m = 1.48e-6", "", r"line 119: junction\.end_m is missing; add it"),
        (
            "spread = 0.0018",
            'spread = "wide"',
            r"\[\[notch\]\] number 1, spread is 'wide'; it must be a number",
        ),
        (
            "spread = 0.0018",
            "spread = nan",
            r"line 53: .* spread is nan; it must be a finite number",
        ),
        ("depth_m = 40e-9", "depth_m = 0", "depth_m is 0; it must be greater than 0"),
        ("depth_m = 40e-9", "depth_m = -1e-9", "depth_m is -1e-09; it must be greater than 0"),
        (
            "parallel_field_sign = -1",
            "parallel_field_sign = 2",
            "parallel_field_sign is 2; choose -1 or 1",
        ),
        ("depth_m = 40e-9", "depth_m = 220e-9", r"toml: Notch 1 is 220 nm deep .* 216\.216 nm\.$"),
        ("anisotropy_J_per_m3 = 1.2", "anisotropy_J_per_m3 = 0.2", "magnetized in its plane"),
        ('form = "v"', 'form = "u"', "form is 'u'; choose 'half-disc', 'v' or 'square'"),
        ("position_m = 360.0e-9", "position_m = 2e-6", "must rise from notch to notch"),
        ("end_m = 1.48e-6", "end_m = 5e-6", r"\[junction\] start_m and end_m"),
        ("[[0.0, 250e-9], [1.48e-6, 1000e-9]]", "[[0.0, 250e-9]]", "at least two points"),
        (
            "[[0.0, 250e-9], [1.48e-6, 1000e-9]]",
            "[[0, 1], [1, 0]]",
            "must have no width of 0 or below",
        ),
        ("[noise]", "[noises]", "noises is not a key of the device file; known here: name, track"),
        ('name = "trapezoid"', "name = 3", "name is 3; it must be a text in quotes"),
        ("[[0.0, 250e-9], [1.48e-6, 1000e-9]]", "[[0, 1, 2], [1, 1]]", "profile_m has 3 items"),
        (
            "[[0.0, 250e-9], [1.48e-6, 1000e-9]]",
            "250e-9",
            "profile_m is 2.5e-07; it must be a list",
        ),
        ("depth_m = 40e-9", "depth_m = true", "depth_m is True; it must be a number"),
        ("settling_memory = 0", "settling_memory = 3", "settling_memory is 3.*less than or equal"),
        ("[heating]", "[[heating]]", r"heating is \[.*; it must be a section, \[heating\]"),
        ("[heating]", "[heating", "is not valid TOML"),
    ],
)
def test_a_mistake_in_a_device_file_is_named_with_its_remedy(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    text = (Path(load_device.__code__.co_filename).parent / "presets/trapezoid.toml").read_text(
        encoding="utf-8"
    )
    assert old in text
    path = tmp_path / "wrong.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DeviceError, match=message) as caught:
        load_device(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("after", "line", "where"),
    [
        ("[free_layer]", "notch_strength_A_per_m3 = 2.5e19", "free_layer.notch_strength_A_per_m3"),
        ("[free_layer]", "pinning_length_m = 40e-9", "free_layer.pinning_length_m"),
        ("[free_layer]", "wall_energy_J_per_m2 = 1e-2", "free_layer.wall_energy_J_per_m2"),
        ("[[notch]]", "depth_to_IN_m = 30e-9", r"\[\[notch\]\] number 1, depth_to_IN_m"),
    ],
)
def test_a_key_of_an_older_file_is_refused_with_what_to_write_instead(
    after: str, line: str, where: str, tmp_path: Path
) -> None:
    path = tmp_path / "old.toml"
    path.write_text(device_toml(load_device("trapezoid")).replace(after, f"{after}\n{line}", 1))
    message = rf"line \d+: {where} belongs to an older version: write .* fitted_factor in"
    with pytest.raises(DeviceError, match=message) as caught:
        load_device(path)
    assert "\n" not in str(caught.value)


def test_an_unknown_preset_and_a_missing_file_have_their_own_messages(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="choose one of straight, trapezoid"):
        load_device("trapezium")
    with pytest.raises(DeviceError, match="cannot be read"):
        load_device(tmp_path / "missing.toml")

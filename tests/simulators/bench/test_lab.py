"""Labs: files, options, lifetime."""

from pathlib import Path

import pytest

from dwmtj.simulators.bench import LabError, forget_labs, lab_names, open_lab, read_lab_file
from dwmtj.simulators.device import DeviceParameters

WORKING = """
[device]
preset = "trapezoid"
[[instrument]]
model = "2400"
address = "GPIB0::24::INSTR"
"""


def written(folder: Path, text: str) -> str:
    path = folder / "lab.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_every_built_in_lab_can_be_set_up() -> None:
    assert lab_names() == ("array", "straight", "trapezoid", "trapezoid_five_state", "wafer")
    beside = {"array": ["2750"], "wafer": ["SENTIO"]}
    for name in lab_names():
        models = [i.model.name for i in open_lab(f"{name}?name=all").instruments.values()]
        assert models == ["81160A", "2400", "BOP 36-12", "425", *beside.get(name, [])]


def test_a_lab_file_of_one_s_own_is_a_lab(tmp_path: Path) -> None:
    lab = open_lab(written(tmp_path, WORKING) + "?seed=7")
    assert list(lab.instruments) == ["GPIB0::24::INSTR"]
    assert lab.declared.seed == 7


def test_a_device_file_is_found_beside_the_lab_file(tmp_path: Path) -> None:
    with pytest.raises(
        LabError, match=r"\[device\] preset: The device file .*mine\.toml cannot be"
    ):
        read_lab_file(written(tmp_path, WORKING.replace("trapezoid", "mine.toml")))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            ('"2400"', '"2401"'),
            r"line 5: \[\[instrument\]\] number 1, model is '2401'; it must be one of 81160A",
        ),
        (('"trapezoid"', '"circle"'), r"\[device\] preset: There is no device preset 'circle'"),
        (
            ("preset", "presett"),
            r"line 3: device\.presett is not a key of the lab file; known here: preset, seed",
        ),
        (
            ("[device]", "[divice]"),
            r"line 2: divice is not a key of the lab file; known here: device, array",
        ),
        (
            ("[[instrument]]", "[instrument]"),
            r"instrument is one section; write each as \[\[instrument\]\]",
        ),
        (("GPIB0::24::INSTR", "COM port 3"), r"'COM port 3'; it must be a VISA resource name"),
        (("model =", "name ="), r"number 1, name is not a key of .*: model, address"),
        (('model = "2400"', ""), r"number 1, model is missing; add it"),
        (("[device]", "[device]\nseed = true"), r"device\.seed is True; it must be a whole number"),
        (
            ("[device]", "[device]\nseed = -1"),
            r"device\.seed is -1; it must be greater than or equal to 0",
        ),
        (
            ("[device]", "[time]\nreal_time = 1\n[device]"),
            r"real_time is 1; it must be true or false",
        ),
        (
            ("[device]", "[circuit]\namplifier_gain = nan\n[device]"),
            r"gain is nan; it must be a finite number",
        ),
        (
            ("[device]", "[electromagnet]\ninductance_H = 0\n[device]"),
            r"electromagnet\.inductance_H is 0; it must be greater than 0",
        ),
        (("[device]", "[device"), r"is not valid TOML"),
        (
            ("[[inst", '[[instrument]]\nmodel = "425"\naddress = "GPIB0::24"\n[[inst'),
            r"address GPIB0::24::INSTR is used 2 times: each must differ",
        ),
        (
            ("[[inst", '[[instrument]]\nmodel = "2400"\naddress = "GPIB0::25"\n[[inst'),
            r"model 2400 is used 2 times: each must differ",
        ),
    ],
)
def test_a_mistake_in_a_lab_file_is_named_with_its_remedy(
    tmp_path: Path, change: tuple[str, str], complaint: str
) -> None:
    with pytest.raises(LabError, match=complaint) as failure:
        read_lab_file(written(tmp_path, WORKING.replace(*change, 1)))
    assert "lab.toml" in str(failure.value)


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("nowhere.toml", r"The lab file nowhere\.toml cannot be read"),
        ("trapezoid?sed=1", r"unknown option 'sed', use seed, attempt, real_time, name"),
        ("trapezoid?seed=-3", r"seed must be a whole number"),
        ("trapezoid?seed=٣", r"seed must be a whole number"),
        ("trapezoid?attempt=first", r"attempt must be a whole number"),
        ("trapezoid?real_time=yes", r"real_time must be 0 or 1"),
        ("trapezoid?temperature_K=hot", r"temperature_K must be above 0 and at most 2000"),
        ("trapezoid?temperature_K=0", r"temperature_K must be above 0"),
    ],
)
def test_a_bad_lab_path_is_one_sentence(path: str, complaint: str) -> None:
    with pytest.raises(LabError, match=complaint):
        open_lab(path)


def test_a_lab_at_another_temperature_has_devices_at_it() -> None:
    parameters = open_lab("trapezoid?temperature_K=358.15").declared.parameters
    assert isinstance(parameters, DeviceParameters)
    assert parameters.free_layer.temperature_K == 358.15


def test_a_path_is_one_lab_for_the_process() -> None:
    first = open_lab("trapezoid?name=kept")
    assert open_lab("trapezoid?name=kept") is first
    assert open_lab("trapezoid?name=another") is not first
    forget_labs()
    assert open_lab("trapezoid?name=kept") is not first


def test_equal_seeds_give_equal_labs_and_others_do_not() -> None:
    def reading(path: str) -> str | None:
        meter = open_lab(path).instruments["GPIB0::24::INSTR"]
        return meter.execute(":SYST:RSEN 1;:SOUR:CURR 1E-4;FUNC CURR;:OUTP 1;:READ?")

    assert reading("trapezoid?seed=3&name=a") == reading("trapezoid?seed=3&name=b")
    assert reading("trapezoid?seed=3&name=c") != reading("trapezoid?seed=4&name=c")
    assert reading("trapezoid?seed=3&attempt=1&name=d") == reading("trapezoid?seed=3&name=d")
    second = reading("trapezoid?seed=3&attempt=2&name=e")
    assert second == reading("trapezoid?seed=3&attempt=2&name=f")
    assert second != reading("trapezoid?seed=3&attempt=1&name=f")
    assert second != reading("trapezoid?seed=3&attempt=3&name=f")

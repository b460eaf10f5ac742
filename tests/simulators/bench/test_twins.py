"""A lab's device may be a twin of a measured one, from a file or from whoever knows models."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dwmtj.lab_address import LabAddress
from dwmtj.simulators.bench import LabError, ResolveModel, open_lab, read_lab_file
from dwmtj.simulators.device import Twin


def quantity(value: float) -> dict[str, float | None]:
    return {"value": value, "low": None, "high": None}


DOCUMENT: dict[str, Any] = {
    "schema": "dwmtj-state-model",
    "schema_version": 1,
    "name": "A3",
    "levels": [
        {"resistance_ohm": quantity(mean), "cycle_std_ohm": None, "wander_std_ohm": 0.0}
        for mean in (100.0, 60.0)
    ],
    "read_noise": None,
    "saturated_level": 0,
    "saturation_field_T": 0.05,
    "pulses": [
        {
            "polarity": "positive",
            "pulse_width_s": 50e-9,
            "field_T": -4e-3,
            "amplitudes_V": [1.0],
            "counts": [[[0, 5], [0, 0]]],
        },
    ],
}


def find(name: str, _database: str | None = None) -> Mapping[str, Any]:
    """Find models by name, as a store does; A3 is the only one."""
    if name != "A3":
        raise LabError(f"There is no model {name}.")
    return DOCUMENT


def test_a_path_with_a_model_is_the_default_lab_with_its_twin() -> None:
    lab = open_lab("model:A3?seed=3&name=twin-by-name", resolve_model=find)
    assert isinstance(lab.device, Twin)
    assert {entry.model for entry in lab.declared.sections.instrument} == {
        "81160A",
        "2400",
        "BOP 36-12",
        "425",
    }
    lab.circuit.device.drive(1.0, 50e-9, field_T=-4e-3)
    assert lab.device.resistance_ohm()[0] == 60.0


@pytest.mark.parametrize(
    ("width", "message"),
    [
        ("1E-7", "with pulses of 5e-08 s, not of 1e-07 s"),
        ("5E-8", "at -0.004 T, not at 0 T"),
    ],
)
def test_a_pulse_of_which_the_model_says_nothing_is_an_error_of_the_generator(
    width: str, message: str
) -> None:
    lab = open_lab(LabAddress("model:A3").with_options(name=message), resolve_model=find)
    generator = next(i for i in lab.instruments.values() if i.model.name == "81160A")
    generator.execute(":FUNC1 PULS;:OUTP1:LOAD 50;:ARM:SOUR1 MAN")
    generator.execute(f":FUNC1:PULS:WIDT {width};:VOLT1:LOW 0;:VOLT1:HIGH 0.5;:OUTP1 ON")
    assert generator.next_error().startswith("+0,")
    generator.execute("*TRG")
    error = generator.next_error()
    assert error.startswith('-300,"Device-specific error;The twin of A3 was measured ')
    assert message in error
    assert generator.next_error().startswith("+0,")
    assert lab.device.resistance_ohm()[0] == 100.0


def test_a_lab_file_finds_a_models_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "A3.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    (tmp_path / "lab.toml").write_text('[device]\npreset = "model:A3.json"\n', encoding="utf-8")
    lab = open_lab(f"{tmp_path / 'lab.toml'}?name=twin-by-file")
    assert isinstance(lab.device, Twin)
    assert lab.device.resistance_ohm()[0] == 100.0


@pytest.mark.parametrize(
    ("preset", "text", "message"),
    [
        ("model:B", "", "There is no model B"),
        ("model:", "", "names no model"),
        ("model:none.json", "", "cannot be read"),
        ("model:x.json", "no json", "is not JSON"),
        ("model:x.json", "[]", "is no state model"),
        ("model:x.json", "{}", "schema version 1"),
    ],
)
def test_what_is_no_model_is_refused_naming_the_lab_file(
    preset: str, text: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    (tmp_path / "lab.toml").write_text(f'[device]\npreset = "{preset}"\n', encoding="utf-8")
    with pytest.raises(LabError, match=message):
        read_lab_file(str(tmp_path / "lab.toml"), find)


def test_a_bench_without_models_says_so() -> None:
    with pytest.raises(LabError, match="No store of models is connected"):
        open_lab("model:A3?name=nowhere")


def models_of(place: str) -> ResolveModel:
    def find(name: str, database: str | None) -> Mapping[str, Any]:
        return {**DOCUMENT, "name": f"{name} of {database or place}"}

    return find


def test_models_of_one_name_in_two_places_are_two_labs() -> None:
    first, second = models_of("first"), models_of("second")
    address = "model:m?name=two-places"
    labs = [open_lab(address, resolve_model=place) for place in (first, second, first)]
    names = [lab.device.parameters.name for lab in labs]
    assert names == ["m of first", "m of second", "m of first"]
    assert labs[0] is labs[2]
    third = open_lab(f"{address}&database=third", resolve_model=first)
    assert third.device.parameters.name == "m of third"


def test_a_simulated_lab_is_one_wherever_models_come_from() -> None:
    lab = open_lab("straight?name=no-twin", resolve_model=models_of("first"))
    assert open_lab("straight?name=no-twin", resolve_model=models_of("second")) is lab
    assert open_lab("straight?name=no-twin") is lab

"""A state model survives its file exactly, and is refused where it is not understood."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dwmtj import analysis
from dwmtj.analysis import AnalysisError
from dwmtj.analysis.state_model.file import (
    model_document,
    model_json,
    model_schema,
    parse_model,
    read_model,
)
from dwmtj.analysis.state_model.model import (
    LevelState,
    ModelMetaplasticity,
    ModelReadNoise,
    ModelRetention,
    Prior,
    Pulses,
    Quantity,
    Source,
    StateModel,
)

SOURCE = Source((1, 2), "lab.sqlite", "0.1.0", "2025-03-01T22:15:00+00:00", "counted", "2 ladders")


def a_model() -> StateModel:
    third = 1 / 3
    return StateModel(
        name="A3",
        version=2,
        devices=("trapezoid-A3",),
        levels=(
            LevelState(Quantity(100 + third, 99.9, 100.7), Quantity(0.1, 0.05, 0.3), 0.0, None, 7),
            LevelState(Quantity(67.0), None, third * 1e-7, Quantity(2.0, 1.0, 8.0), 1),
        ),
        levels_source=SOURCE,
        pulses=(
            Pulses(
                "positive",
                50e-9,
                None,
                None,
                -0.004,
                (1.0, 1.0 + third),
                (((7, 0), (0, 0)), ((6, 1), (0, 0))),
                SOURCE,
            ),
        ),
        prior=Prior(),
        saturation_field_T=0.05,
        saturated_level=0,
        read_noise=ModelReadNoise(Quantity(3e-4, 2e-4, 4e-4), 1e-4, SOURCE),
        retention=(ModelRetention(1, Quantity(1e9, 1e9), 300.0, SOURCE),),
        metaplasticity=ModelMetaplasticity(Quantity(0.25, 0.2, 0.3), SOURCE),
    )


def test_a_model_comes_back_from_json_equal_in_every_digit() -> None:
    model = a_model()
    assert parse_model(model_json(model)) == model
    assert parse_model(model_document(model)) == model
    assert model_json(parse_model(model_json(model))) == model_json(model)


def test_the_published_schema_is_that_of_the_code() -> None:
    published = Path(analysis.__file__).parent / "state_model.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == model_schema()


def test_a_model_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        setattr(a_model(), "na" + "me", "B1")


def edit(change: Callable[[dict[str, Any]], object]) -> str:
    document = model_document(a_model())
    change(document)
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[1, 2]", "is no state model"),
        ("{}", "is no state model"),
        (edit(lambda d: d.update(schema="weights")), "is no state model"),
        (edit(lambda d: d.update(schema_version=2)), "made by a newer dwmtj"),
        (edit(lambda d: d.update(schema_version="1")), "schema version '1'"),
        (edit(lambda d: d.update(colour="red")), "colour: unexpected keyword"),
        (edit(lambda d: d["levels"][0].update(colour="red")), "levels.0.colour: unexpected"),
        (edit(lambda d: d.pop("pulses")), "pulses: field required|pulses: missing"),
        (edit(lambda d: d.update(version="2")), "version: input should be a valid integer"),
        (edit(lambda d: d["levels"][0]["resistance_ohm"].update(value="100")), "valid number"),
        (edit(lambda d: d["levels"][0]["resistance_ohm"].update(value=None)), "valid number"),
        (edit(lambda d: d["levels"].reverse()), "from the highest resistance down"),
        (edit(lambda d: d["levels"].pop()), "levels: tuple should have at least 2 items"),
        (edit(lambda d: d.update(saturated_level=2)), "saturated_level must be below 2"),
        (edit(lambda d: d["pulses"][0]["counts"].pop()), "must be 2 tables of 2 × 2"),
        (edit(lambda d: d["pulses"][0]["counts"][0][0].append(0)), "must be 2 tables of 2 × 2"),
        (
            edit(lambda d: d["pulses"][0]["counts"][0][0].__setitem__(0, -1)),
            "greater than or equal",
        ),
        (edit(lambda d: d["pulses"][0]["amplitudes_V"].reverse()), "amplitudes of positive pulses"),
        (edit(lambda d: d["pulses"].append(d["pulses"][0])), "one table of pulses for each"),
        (edit(lambda d: d["retention"][0].update(level=5)), "retention must be of a level below 2"),
        (edit(lambda d: d["prior"].update(moves=float("nan"))), "finite number|JSON"),
    ],
    ids=lambda value: value if len(value) < 60 else "",
)
def test_what_is_not_understood_is_refused_in_one_sentence(text: str, told: str) -> None:
    with pytest.raises(AnalysisError, match=told) as refused:
        parse_model(text, "The model")
    assert str(refused.value).startswith("The model ")
    assert "\n" not in str(refused.value)


def test_a_file_is_named_in_the_sentence(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(model_json(a_model()), encoding="utf-8")
    assert read_model(tmp_path / "model.json") == a_model()
    (tmp_path / "pickle.json").write_bytes(b"\x80\x04K\x01.")
    for name, told in (("pickle.json", "is no text"), ("none.json", "cannot be read")):
        with pytest.raises(AnalysisError, match=f"{name} {told}"):
            read_model(tmp_path / name)


def test_f_meta_runs_from_one_at_zero_to_the_width_ratio_at_one() -> None:
    metaplasticity = a_model().metaplasticity
    assert metaplasticity is not None
    assert [metaplasticity(weight) for weight in (0.0, -1.0, 1.0)] == [1.0, 0.25, 0.25]

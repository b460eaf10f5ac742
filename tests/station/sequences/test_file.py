"""A sequence file is understood completely, or refused with line, key and remedy."""

from pathlib import Path

import pytest

from dwmtj.station.sequences import (
    RunSequence,
    SequenceDevice,
    SequenceError,
    SequenceStep,
    load_sequence,
)
from dwmtj.tests.docs.pages import DOCS

GOOD = """
rounds = 2
on_failure = "next device"

[[device]]
name = "A1"
seed = 1

[[step]]
name = "cycling"
protocol = "write-reset-cycling"
parameters = { cycles = 6, amplitude_step_V = "50 mV" }
stop_when = "window_ratio < 0.2"

[[step]]
name = "fit"
calibrate = ["cycling"]

[[step]]
name = "rest"
wait = "10 min"

[[step]]
name = "middle"
protocol = "write-verify"
model = "fit"
level = "middle"
when = "cycling.number_of_levels >= 4 and cycling.window_ratio > 0.5"
"""


def loaded(folder: Path, text: str) -> RunSequence:
    path = folder / "night.toml"
    path.write_text(text, encoding="utf-8")
    return load_sequence(path)


def test_a_file_and_python_objects_make_the_same_sequence(tmp_path: Path) -> None:
    made = RunSequence(
        name="night",
        rounds=2,
        on_failure="next device",
        device=(SequenceDevice(name="A1", seed=1),),
        step=(
            SequenceStep(
                name="cycling",
                protocol="write-reset-cycling",
                parameters={"cycles": 6, "amplitude_step_V": "50 mV"},
                stop_when="window_ratio < 0.2",
            ),
            SequenceStep(name="fit", calibrate=("cycling",)),
            SequenceStep(name="rest", wait="10 min"),
            SequenceStep(
                name="middle",
                protocol="write-verify",
                model="fit",
                level="middle",
                when="cycling.number_of_levels >= 4 and cycling.window_ratio > 0.5",
            ),
        ),
    )
    assert loaded(tmp_path, GOOD) == made
    assert RunSequence.model_validate(made.document()) == made
    assert made.step[2].wait_s == 600


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("rounds = 2", "rouns = 2", "line 2: rouns is not a key of the sequence file"),
        ("rounds = 2", "rounds = 0", "line 2: rounds is 0; it must be greater than"),
        (
            "cycles = 6",
            "cycle = 6",
            "line 12: [[step]] number 1, parameters cannot be used: write-res",
        ),
        ('"50 mV"', '"50 ms"', "amplitude_step_V is '50 ms', a time and not a voltage"),
        (
            "write-reset",
            "write-rest",
            "line 11: [[step]] number 1, protocol cannot be used: There is",
        ),
        ("window_ratio <", "window <> <", "line 13: [[step]] number 1, stop_when"),
        ("window_ratio <", "windw_ratio <", "names windw_ratio, which is no result"),
        ('["cycling"]', '["cyclin"]', "line 17: [[step]] number 2, calibrate is 'cyclin', which"),
        ('"10 min"', '"10 mV"', "line 21: [[step]] number 3, wait is '10 mV', which is no time"),
        ('wait = "10 min"', 'until = "25:70"', "until is '25:70', which is no clock time"),
        ('wait = "10 min"', "", "line 20: [[step]] number 3, name needs one of protocol, calib"),
        ('wait = "10 min"', 'wait = "1 s"\nmodel = "fit"', "model does not go with wait"),
        ('model = "fit"', 'model = "rest"', "'rest', which is a step that calibrates nothing"),
        ('level = "middle"', "", "'write-verify', which follows a state model to a level: add lev"),
        (
            "stop_when",
            'temperature = "85"\nstop_when',
            "temperature is '85', which is no temperature",
        ),
        ("stop_when", 'temperature = ["2 K", "-1 K"]\nstop_when', "'-1 K', which is -1 K; a junct"),
        (
            'wait = "10 min"',
            'wait = "1 s"\ntemperature = "9 K"',
            "temperature does not go with wait",
        ),
        ('name = "rest"', 'name = "re st"', "name is 're st'; begin with a letter, then letters"),
        ("rounds = 2", 'rounds = 2\nname = "a/b"', "name is 'a/b'; take letters, digits, blanks"),
        ("rounds = 2", "rounds = 2\nretries = nan", "retries is nan; it must be"),
        ('"10 min"', "22:30:00", "wait is 22:30:00; it must be"),
        ("cycling.window", "fit.window", "when names fit, no earlier step with a protocol"),
        (
            'name = "fit"',
            'name = "cycling"',
            "[[step]] number 2, name is 'cycling', which is there",
        ),
        ("seed = 1", "row = 1", "line 7: [[device]] number 1, row is '1', which is given without"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_its_line(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert old in GOOD
    with pytest.raises(SequenceError) as error:
        loaded(tmp_path, GOOD.replace(old, new))
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_the_reference_names_every_key() -> None:
    page = (DOCS / "reference" / "sequence.md").read_text(encoding="utf-8")
    keys = {
        key for kind in (RunSequence, SequenceDevice, SequenceStep) for key in kind.model_fields
    }
    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []

"""`dwmtj run write-verify`: one device, written as a state model says, or why it is not."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from dwmtj.analysis.state_model import StateModel, find_model, model_json
from dwmtj.cli.app import app
from dwmtj.instruments import load_bench_file, open_bench
from dwmtj.protocols.running.runner import run
from dwmtj.storage import Status, Store
from dwmtj.writing.plan import writing_procedure

STRAIGHT = ("--bench", "virtual-straight", "--seed", "3")


@pytest.fixture
def model(tmp_path: Path, straight_model: StateModel) -> str:
    path = tmp_path / "straight-B1.json"
    path.write_text(model_json(straight_model), encoding="utf-8")
    return str(path)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    def call(*arguments: str) -> tuple[int, str]:
        database = ("-d", str(tmp_path / "lab.sqlite"))
        result = CliRunner().invoke(app, ["run", "write-verify", *arguments, *database])
        return result.exit_code, " ".join(result.output.split())

    return call


def test_each_level_is_written_with_the_pulses_of_the_model(
    tmp_path: Path, model: str, straight_model: StateModel, write: Callable[..., tuple[int, str]]
) -> None:
    for level, state in enumerate(straight_model.levels):
        code, printed = write("--model", model, "--level", str(level), *STRAIGHT)
        assert code == 0 and f"level {level} is written" in printed
        with Store.open(tmp_path / "lab.sqlite") as store:
            last = store.points(level + 1).iloc[-1]
            status = store.run(level + 1).summary.status
        assert last["resistance_ohm"] == pytest.approx(state.resistance_ohm.value, rel=0.02)
        assert status is Status.FINISHED


def test_a_device_that_stays_elsewhere_ends_with_what_it_reads(
    model: str, write: Callable[..., tuple[int, str]]
) -> None:
    code, printed = write("--model", model, "--level", "2", "-p", "most_pulses=1", *STRAIGHT)
    assert code == 1
    assert "Level 2 is not written: the device is at level" in printed and "1 pulse." in printed
    trapezoid = ("--bench", "virtual-trapezoid", "--seed", "5702")  # no other test has used it
    code, printed = write("--model", model, "--level", "2", *trapezoid)
    assert code == 1
    assert "is of no level of the model" in printed, printed


def test_a_run_is_resumed_with_its_own_plan(
    model: str, write: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    procedure = writing_procedure(find_model(model), np.array([[3]]))
    with (
        open_bench(load_bench_file("virtual-straight")) as bench,
        Store.open(tmp_path / "lab.sqlite") as store,
    ):
        begun = run(procedure, bench, store, should_stop=lambda: True)
    assert begun.status is Status.ABORTED
    code, printed = write("--resume", "1", "--bench", "virtual-straight")
    assert code == 0 and "level 3 is written" in printed


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("write-verify",), "give both"),
        (("write-verify", "--model", "MODEL", "--level", "5"), "no level 5: its levels are 0 to 4"),
        (("write-verify", "--model", "MODEL", "--level", "2", "-p", "pulse_width_s=20n"), "takes"),
        (("write-verify", "--model", "MODEL", "--level", "2", "--scan", "erase=0"), "omit --scan"),
        (("write-verify", "--model", "MODEL", "--level", "2", "--dry-run"), "no dry run"),
        (("saturate", "--level", "2"), "are for write-verify"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(
    arguments: tuple[str, ...], told: str, model: str, tmp_path: Path, refused: Callable[..., str]
) -> None:
    words = [model if word == "MODEL" else word for word in arguments]
    assert told in refused(tmp_path, "run", *words)
    assert not (tmp_path / "dwmtj.sqlite").exists()

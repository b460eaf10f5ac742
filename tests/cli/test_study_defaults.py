"""A command without options computes what its study computes by default."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dwmtj.analysis.state_model.file import model_json
from dwmtj.cli import app as command_line
from dwmtj.simulators import networks
from dwmtj.tests.analysis.test_write_policy import a_model

STUDIES: list[tuple[str, str, Callable[[], Any]]] = [
    ("learn ann", "learn_ann", lambda: networks.AnnConfiguration()),
    ("learn cifar100", "learn_cifar100", lambda: networks.ResnetStudy()),
    ("learn compare", "compare_technologies", lambda: networks.ComparisonConfiguration()),
    ("learn stream", "learn_stream", lambda: networks.StreamStudy()),
    ("infer cifar100", "infer_cifar100", lambda: networks.InferenceStudy()),
    (
        "infer program --model A3.json",
        "program_cifar100",
        lambda: networks.ProgrammingStudy(model=a_model()),
    ),
]


class Called(Exception):  # noqa: N818
    """Holds the study that a command is about to compute."""

    def __init__(self, folder: Path, study: Any, **_options: Any) -> None:
        self.folder, self.study = folder, study


@pytest.mark.parametrize(
    ("command", "function", "default"), STUDIES, ids=[entry[1] for entry in STUDIES]
)
def test_options_left_out_are_the_defaults_of_the_study(
    command: str,
    function: str,
    default: Callable[[], Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def called(*arguments: Any, **options: Any) -> None:
        raise Called(*arguments, **options)

    monkeypatch.setattr(f"dwmtj.simulators.networks.{function}", called)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DWMTJ_DATA", raising=False)
    (tmp_path / "A3.json").write_text(model_json(a_model()))
    result = CliRunner().invoke(command_line.app, [*command.split(), "-o", "out"])
    assert isinstance(result.exception, Called), result.output
    assert result.exception.folder == Path("out")
    assert result.exception.study == default()

"""A checkpoint keeps every finished part, and is refused where it does not belong."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from dwmtj.simulators.sweeps.checkpoint import Checkpoint
from dwmtj.simulators.sweeps.errors import SweepError


def test_parts_are_found_again_by_another_process(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a.checkpoint"
    first = Checkpoint(path, {"epochs": 3})
    assert first.find("seed 0") is None
    first.keep("seed 0", {"weights": [np.arange(3)], "accuracy": np.float64(0.5), 7: (1, 2**90)})
    first.keep("seed 1", {"accuracy": 0.6})
    again = Checkpoint(path, {"epochs": 3})
    assert len(again) == 2
    kept = again.find("seed 0")
    assert kept is not None
    assert kept["weights"][0].tolist() == [0, 1, 2]
    assert (kept["accuracy"], kept[7]) == (0.5, (1, 2**90))
    again.remove()
    assert not path.exists()


def test_an_interrupted_write_leaves_the_earlier_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.checkpoint"
    checkpoint = Checkpoint(path, {})
    checkpoint.keep("first", 1)

    write = Path.write_bytes

    def interrupted(path: Path, content: bytes) -> int:
        write(path, content[: len(content) // 2])
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", interrupted)
        with pytest.raises(KeyboardInterrupt):
            checkpoint.keep("second", 2)
    assert Checkpoint(path, {}).find("first") == 1


def test_one_of_another_configuration_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.checkpoint"
    Checkpoint(path, {"epochs": 3}).keep("part", 1)
    with pytest.raises(SweepError, match="is of another configuration: delete it, or give"):
        Checkpoint(path, {"epochs": 4})
    whole = path.read_bytes()
    for spoilt in (b"", b"nothing of the kind", whole[: len(whole) // 2]):
        path.write_bytes(spoilt)
        with pytest.raises(SweepError, match="is damaged, or of an earlier version: delete it"):
            Checkpoint(path, {"epochs": 3})


def test_a_folder_that_cannot_be_is_said_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SweepError, match=r"cannot be written .* give another folder"):
        Checkpoint(tmp_path / "file" / "a.checkpoint", {})


class RunsCode:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("touched"),))  # type: ignore[return-value]


def test_a_file_that_would_run_code_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    content = {"configuration": "{}", "parts": {"part": RunsCode()}}
    Path("a.checkpoint").write_bytes(pickle.dumps(content))
    with pytest.raises(SweepError, match="is damaged"):
        Checkpoint(tmp_path / "a.checkpoint", {})
    assert not Path("touched").exists()

"""A checkpoint keeps every finished part, and is refused where it does not belong."""

from pathlib import Path

import pytest
import torch

from dwmtj.simulators.networks import NetworkError
from dwmtj.simulators.sweeps.checkpoint import Checkpoint


def test_parts_are_found_again_by_another_process(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a.checkpoint"
    first = Checkpoint(path, {"epochs": 3})
    assert first.find("seed 0") is None
    first.keep("seed 0", {"weights": [torch.arange(3)], "accuracy": 0.5})
    first.keep("seed 1", {"accuracy": 0.6})
    again = Checkpoint(path, {"epochs": 3})
    assert len(again) == 2
    kept = again.find("seed 0")
    assert kept is not None
    assert torch.equal(kept["weights"][0], torch.arange(3))
    again.remove()
    assert not path.exists()


def test_a_write_that_is_broken_off_leaves_the_earlier_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.checkpoint"
    checkpoint = Checkpoint(path, {})
    checkpoint.keep("first", 1)

    def broken_off(_content: object, to: Path) -> None:
        to.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", broken_off)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.keep("second", 2)
    assert Checkpoint(path, {}).find("first") == 1


def test_one_of_another_configuration_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.checkpoint"
    Checkpoint(path, {"epochs": 3}).keep("part", 1)
    with pytest.raises(NetworkError, match="is of another configuration: delete it, or give"):
        Checkpoint(path, {"epochs": 4})
    whole = path.read_bytes()
    for spoilt in (b"", b"nothing of the kind", whole[: len(whole) // 2]):
        path.write_bytes(spoilt)
        with pytest.raises(NetworkError, match="is damaged: delete it to begin anew"):
            Checkpoint(path, {"epochs": 3})


def test_a_folder_that_cannot_be_is_said_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NetworkError, match=r"cannot be written .* give another folder"):
        Checkpoint(tmp_path / "file" / "a.checkpoint", {})

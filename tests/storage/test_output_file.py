import os
import stat
from pathlib import Path

import pytest

from dwmtj.storage import OutputFileError, atomic_write, check_overwrite


def test_a_file_is_replaced_only_once_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text("old")
    with atomic_write(path) as draft:
        draft.write_text("ne")
        assert path.read_text() == "old"
        draft.write_text("new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("failure", [ValueError("no"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, failure: BaseException
) -> None:
    path = tmp_path / "model.json"
    path.write_text("old")
    with pytest.raises(type(failure)), atomic_write(path) as draft:
        draft.write_text("ne")
        raise failure
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_content_is_on_the_disk_before_the_name_points_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_replace(draft: Path, target: Path) -> Path:
        done.append("replace")
        return replace(draft, target)

    def noted_fsync(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    with atomic_write(tmp_path / "a.txt") as draft:
        draft.write_text("x")
    assert done[:2] == ["file", "replace"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "a.txt"
    with (
        pytest.raises(OutputFileError, match=r"missing.a\.txt cannot be written \(No such file"),
        atomic_write(path) as draft,
    ):
        draft.write_text("x")


def test_an_existing_file_is_overwritten_only_on_request(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    check_overwrite(path, overwrite=False)
    path.write_text("old")
    check_overwrite(path, overwrite=True)
    with pytest.raises(OutputFileError) as refusal:
        check_overwrite(path, overwrite=False)
    assert str(refusal.value) == f"{path} already exists; give another name, or --overwrite."


def test_a_link_or_a_folder_is_never_overwritten(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "target")
    for path in (link, tmp_path):
        with pytest.raises(OutputFileError, match="is not an ordinary file and is kept"):
            check_overwrite(path, overwrite=True)


def test_a_link_is_replaced_and_what_it_points_to_left(tmp_path: Path) -> None:
    path, target = tmp_path / "model.json", tmp_path / "precious"
    target.write_text("mine")
    path.symlink_to(target)
    with atomic_write(path) as draft:
        draft.write_text("new")
    assert (path.read_text(), path.is_symlink(), target.read_text()) == ("new", False, "mine")


def test_a_file_waiting_under_the_name_of_a_draft_is_not_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dwmtj.storage.output_file.token_hex", lambda _: "guessed")
    target = tmp_path / "precious"
    target.write_text("mine")
    (tmp_path / "a.txt.guessed.part").symlink_to(target)
    with (
        pytest.raises(OutputFileError, match=r"a\.txt cannot be written \(File exists\)"),
        atomic_write(tmp_path / "a.txt") as draft,
    ):
        draft.write_text("x")
    assert target.read_text() == "mine"


def test_an_output_file_may_be_read_by_whom_the_umask_allows(tmp_path: Path) -> None:
    plain, written = tmp_path / "plain", tmp_path / "written"
    plain.write_text("x")
    with atomic_write(written) as draft:
        draft.write_text("x")
    assert written.stat().st_mode == plain.stat().st_mode


def test_a_folder_that_cannot_be_is_refused_before_anything_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputFileError, match="file is not a folder"):
        check_overwrite(tmp_path / "file" / "deeper" / "figure.png", overwrite=True)
    check_overwrite(tmp_path / "new" / "figure.png", overwrite=False)
    monkeypatch.setattr("os.access", lambda place, mode: False)  # root may write everywhere
    with pytest.raises(OutputFileError, match="is not writable"):
        check_overwrite(tmp_path / "new" / "figure.png", overwrite=False)

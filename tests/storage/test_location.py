from pathlib import Path

import pytest

from dwmtj.storage import StoreError, database_path


def test_the_argument_goes_before_the_environment_and_that_before_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DWMTJ_DATABASE", raising=False)
    assert database_path() == tmp_path / "dwmtj.sqlite"
    monkeypatch.setenv("DWMTJ_DATABASE", f"sqlite:///{tmp_path}/lab.sqlite")
    assert database_path() == tmp_path / "lab.sqlite"
    assert database_path("other.sqlite") == tmp_path / "other.sqlite"


def test_an_empty_environment_variable_means_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DWMTJ_DATABASE", "")
    assert database_path() == tmp_path / "dwmtj.sqlite"


def test_a_path_may_start_at_home() -> None:
    assert database_path("~/lab.sqlite") == Path.home() / "lab.sqlite"


@pytest.mark.parametrize(
    "url",
    ["postgresql://lab/runs", "sqlite://", "sqlite:///:memory:", "sqlite:///lab.sqlite?mode=ro"],
)
def test_a_url_other_than_a_plain_sqlite_file_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="not supported: runs are kept in a SQLite file"):
        database_path(url)


def test_a_malformed_url_is_refused() -> None:
    with pytest.raises(StoreError, match="begins with 3 1:// cannot be read: write sqlite:///"):
        database_path("3 1://lab")


def test_a_message_never_shows_a_password() -> None:
    with pytest.raises(StoreError) as refusal:
        database_path("postgresql://ada:enchantress@lab/runs")
    assert "enchantress" not in str(refusal.value)

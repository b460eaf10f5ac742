from pathlib import Path

import pytest

from dwmtj.storage import StoreError, database_place
from dwmtj.storage.location import PostgresUrl, side_file


def test_the_argument_goes_before_the_environment_and_that_before_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DWMTJ_DATABASE", raising=False)
    assert database_place() == tmp_path / "dwmtj.sqlite"
    monkeypatch.setenv("DWMTJ_DATABASE", f"sqlite:///{tmp_path}/lab.sqlite")
    assert database_place() == tmp_path / "lab.sqlite"
    assert database_place("other.sqlite") == tmp_path / "other.sqlite"


def test_an_empty_environment_variable_means_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DWMTJ_DATABASE", "")
    assert database_place() == tmp_path / "dwmtj.sqlite"


def test_a_path_may_start_at_home() -> None:
    assert database_place("~/lab.sqlite") == Path.home() / "lab.sqlite"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://lab/runs",
        "postgresql+asyncpg://lab/runs",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///lab.sqlite?mode=ro",
    ],
)
def test_a_url_other_than_a_plain_sqlite_file_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="not supported: runs are kept in a SQLite file"):
        database_place(url)


def test_a_malformed_url_is_refused() -> None:
    with pytest.raises(StoreError, match="begins with 3 1:// cannot be read: write sqlite:///"):
        database_place("3 1://lab")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:enchantress@lab/runs",
        "postgresql+psycopg://lab/runs?password=enchantress",
        "mysql://ada:enchantress@lab/runs",
        "postgresql://ada:enchantress@lab:port/runs",
    ],
)
def test_a_password_is_refused_and_never_shown(url: str) -> None:
    with pytest.raises(StoreError) as refusal:
        database_place(url)
    assert "enchantress" not in str(refusal.value)


@pytest.mark.parametrize(
    "given",
    [
        "postgresql:/ada:enchantress@lab/runs",
        "host=lab dbname=runs password=enchantress",
        "Postgres:ada:enchantress@lab",
    ],
)
def test_a_server_that_is_not_given_as_a_url_is_not_taken_for_a_file(given: str) -> None:
    with pytest.raises(StoreError, match="neither a path nor a URL") as told:
        database_place(given)
    assert "enchantress" not in str(told.value)


def test_a_server_is_shown_by_the_url_that_opens_it() -> None:
    place = database_place("postgresql://ada@db.lab:5433/runs?sslmode=require")
    assert isinstance(place, PostgresUrl)
    assert str(place) == "postgresql+psycopg://ada@db.lab:5433/runs?sslmode=require"
    assert database_place(str(place)) == place == database_place(place)
    assert place.name == "runs on db.lab"


def test_what_belongs_to_a_database_is_beside_its_file_or_in_a_folder_of_this_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert side_file(tmp_path / "lab.sqlite", "-notes") == tmp_path / "lab.sqlite-notes"
    urls = ("postgresql://lab/runs", "postgresql://lab/runs?options=-csearch_path%3Dada")
    one, other = (side_file(database_place(url), "-notes") for url in urls)
    assert one.parent == other.parent == tmp_path / "state" / "dwmtj" / "databases"
    assert one.parent.stat().st_mode & 0o777 == 0o700
    assert one.name.startswith("runs-on-lab-")
    assert one != other

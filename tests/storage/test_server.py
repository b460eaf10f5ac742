"""A database of a PostgreSQL server: how it is opened, who may, and what it says when it cannot."""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, select

from dwmtj.storage import Place, Point, Status, Store, StoreError, database_place
from dwmtj.storage.engines.choice import back_up_online, upgrade_database
from dwmtj.storage.engines.postgresql import server
from dwmtj.storage.location import PostgresUrl
from dwmtj.storage.schema import SCHEMA_VERSION, Base, StoredPoint
from dwmtj.storage.writing.notes import notes_file
from dwmtj.tests.postgresql.cluster import Cluster
from dwmtj.tests.storage.exchange.nasty_run import measure_nasty_run

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
NewPlace = Callable[[str], Place]


@pytest.fixture
def place(new_place: NewPlace) -> Iterator[PostgresUrl]:
    found = new_place("lab")
    assert isinstance(found, PostgresUrl)
    yield found


def change(place: PostgresUrl, postgresql: Cluster, *statements: str) -> None:
    options = str(place.url.query["options"])
    with postgresql.connect() as connection:
        connection.execute(f"SET {options.removeprefix('-c')}")
        for statement in statements:
            connection.execute(statement)


def test_many_may_open_a_database_without_tables_at_once(place: PostgresUrl) -> None:
    def open_and_list(_: int) -> int:
        with Store.open(place) as store:
            return len(store.runs())

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(open_and_list, range(8))) == [0] * 8


def test_benches_that_measure_at_once_have_runs_and_points_of_their_own(
    place: PostgresUrl,
) -> None:
    def measure(bench: str) -> int:
        with Store.open(place) as store:
            writer = store.begin_run("iv", bench, parameters={}, bench={"name": bench})
            for number in range(40):
                writer.add(Point("read", 1e-3 * number, 0, resistance_ohm=100.0 + number))
            writer.finish(Status.FINISHED)
            return writer.run_id

    benches = ("one", "two", "three")
    with ThreadPoolExecutor(len(benches)) as pool:
        numbers = list(pool.map(measure, benches))
    with Store.open(place) as store:
        assert sorted(numbers) == [run.id for run in store.runs()] == [1, 2, 3]
        for bench, number in zip(benches, numbers, strict=True):
            assert store.run(number).summary.device == bench
            points = store.points(number)
            assert points["resistance_ohm"].tolist() == [100.0 + each for each in range(40)]


def test_what_another_process_commits_is_on_the_disk_whatever_the_server_is_set_to(
    place: PostgresUrl, postgresql: Cluster
) -> None:
    change(place, postgresql, "ALTER ROLE dwmtj SET synchronous_commit = off")
    try:
        with Store.open(place) as store, store._database.engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
    finally:
        change(place, postgresql, "ALTER ROLE dwmtj RESET synchronous_commit")


def test_tables_of_another_program_are_refused_and_unchanged(
    place: PostgresUrl, postgresql: Cluster
) -> None:
    change(place, postgresql, "CREATE TABLE birds (name text)", "INSERT INTO birds VALUES ('jay')")
    with pytest.raises(StoreError, match="is not a database of dwmtj"):
        Store.open(place)
    change(place, postgresql, "DROP TABLE birds")  # the only one: nothing was made beside it
    with pytest.raises(StoreError, match="holds no runs yet: measure something first"):
        Store.open(place, create=False)


def test_a_newer_schema_is_refused(place: PostgresUrl, postgresql: Cluster) -> None:
    Store.open(place).close()
    change(place, postgresql, f"UPDATE dwmtj_schema SET version = {SCHEMA_VERSION + 1}")
    with pytest.raises(StoreError, match="was made by a newer dwmtj"):
        Store.open(place)
    with pytest.raises(StoreError, match="was made by a newer dwmtj"):
        upgrade_database(place)


def test_a_current_database_needs_no_upgrade(place: PostgresUrl) -> None:
    Store.open(place).close()
    assert upgrade_database(place) is None


@pytest.mark.parametrize("how", [{"create": False}, {"read_only": True}])
def test_tables_are_not_made_unless_they_are_to_be(
    place: PostgresUrl, how: dict[str, bool]
) -> None:
    for _ in range(2):
        with pytest.raises(StoreError, match="holds no runs yet: measure something first"):
            Store.open(place, **how)


def test_a_reader_may_not_write(place: PostgresUrl) -> None:
    Store.open(place).close()
    with (
        Store.open(place, read_only=True) as reader,
        pytest.raises(StoreError, match=r"is read-only .*: open it on the primary server"),
    ):
        reader.begin_run("reset", "A1", parameters={}, bench={})


def test_a_user_without_rights_is_told_so(place: PostgresUrl, postgresql: Cluster) -> None:
    Store.open(place).close()
    name = f"guest_{os.getpid()}"  # roles are the whole server's
    guest = PostgresUrl(place.url.set(username=name))
    schema = str(place.url.query["options"]).rpartition("=")[2]
    change(place, postgresql, f"CREATE ROLE {name} LOGIN")
    try:
        with pytest.raises(StoreError, match="has no schema that this user may use"):
            Store.open(guest)
        change(place, postgresql, f"GRANT USAGE ON SCHEMA {schema} TO {name}")
        with pytest.raises(StoreError, match=r"does not allow this .*permission denied for table"):
            Store.open(guest)
        change(place, postgresql, f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {name}")
        with Store.open(guest) as store:
            assert store.runs() == []
            with pytest.raises(StoreError, match=r"does not allow this .*permission denied"):
                store.begin_run("reset", "A1", parameters={}, bench={})
    finally:
        change(place, postgresql, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def test_a_database_that_the_server_lacks_and_a_server_that_is_not_there_are_named(
    place: PostgresUrl, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match='database "nowhere" does not exist'):
        Store.open(PostgresUrl(place.url.set(database="nowhere")))
    with pytest.raises(StoreError, match=r"cannot be reached.*: check that the server runs"):
        Store.open(f"postgresql://ada@/lab?host={tmp_path}")


def test_a_database_in_which_texts_may_be_lost_is_refused(
    place: PostgresUrl, postgresql: Cluster
) -> None:
    name = f"ascii_{os.getpid()}"
    made = f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"
    change(place, postgresql, made)
    try:
        with pytest.raises(StoreError, match=r"has the encoding SQL_ASCII.* --encoding UTF8"):
            Store.open(PostgresUrl(place.url.set(database=name)))
    finally:
        change(place, postgresql, f"DROP DATABASE {name}")


def test_an_option_that_libpq_does_not_know_is_named(place: PostgresUrl) -> None:
    wrong = PostgresUrl(place.url.update_query_dict({"ssl": "on"}))
    with pytest.raises(StoreError, match=r'cannot be used \(invalid connection option "ssl"\)'):
        Store.open(wrong)


def test_tables_belong_to_the_owner_of_the_database_whoever_comes_first(
    place: PostgresUrl, postgresql: Cluster
) -> None:
    owner, other = (f'"{who} ""{os.getpid()}"""' for who in ("ada", "eve"))
    name = f"owned_{os.getpid()}"
    for statement in (
        f"CREATE ROLE {owner} LOGIN",
        f"CREATE ROLE {other} LOGIN IN ROLE {owner}",
        f"CREATE DATABASE {name} OWNER {owner}",
    ):
        change(place, postgresql, statement)
    login = place.url.set(database=name, username=other[1:-1].replace('""', '"'))
    url = PostgresUrl(login.difference_update_query(["options"]))
    try:
        Store.open(url).close()
        with Store.open(PostgresUrl(url.url.set(username=owner[1:-1].replace('""', '"')))) as store:
            store.begin_run("reset", "A1", parameters={}, bench={}).finish(Status.FINISHED)
    finally:
        change(place, postgresql, f"DROP DATABASE {name} WITH (FORCE)")
        change(place, postgresql, f"DROP ROLE {other}", f"DROP ROLE {owner}")


def test_a_point_does_not_wait_for_ever_for_a_server_that_hangs(
    place: PostgresUrl, postgresql: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dwmtj.storage.engines.postgresql.database.POINT_ANSWER_S", 0.2)
    schema = str(place.url.query["options"]).rpartition("=")[2]
    with Store.open(place) as store:
        writer = store.begin_run("reset", "A1", parameters={}, bench={})
        writer.add(Point("reset", 0.0))
        with postgresql.connect() as other, other.transaction():
            other.execute(f"LOCK TABLE {schema}.points")
            for told in ("the server did not answer for 0.2 s", "connection is closed"):
                with pytest.raises(StoreError, match=f"connection was lost .*{told}"):
                    writer.add(Point("reset", 1.0))
        writer.finish(Status.FAILED)
        assert store.points(1)["time_s"].tolist()[:1] == [0.0]  # the server may commit the other


def test_without_psycopg_the_extra_is_named(
    place: PostgresUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"needs psycopg: pip install 'dwmtj\[postgresql\]'"):
        Store.open(place)


def test_a_text_with_a_nul_is_refused(place: PostgresUrl) -> None:
    with Store.open(place) as store:
        writer = store.begin_run("reset", "A1", parameters={"name": "a\0b"}, bench={})
        with pytest.raises(StoreError, match=r"A value cannot be stored .* NUL"):
            writer.add(Point("write", 0.0, mark="a\0b"))
        writer.finish(Status.FAILED)
        assert store.run(1).parameters == {"name": "a\0b"}


def test_numbers_of_copied_runs_are_not_given_again(place: PostgresUrl, tmp_path: Path) -> None:
    with Store.open(tmp_path / "lab.sqlite") as source, Store.open(place) as target:
        for _ in range(3):
            source.begin_run("reset", "A1", parameters={}, bench={}).finish(Status.FINISHED)
        source.copy_to(target)
        assert target.begin_run("reset", "A1", parameters={}, bench={}).run_id == 4


def test_a_backup_is_a_file_with_every_run_also_one_under_way(
    place: PostgresUrl, tmp_path: Path
) -> None:
    target = tmp_path / "friday.sqlite"
    with Store.open(place) as store:
        measure_nasty_run(store)
        under_way = store.begin_run("reset", "A1", parameters={}, bench={})
        under_way.add(Point("reset", 0.0))
        back_up_online(place, target)
        under_way.add(Point("reset", 1.0))
        with Store.open(target) as copy:
            assert copy.run(1).guid == store.run(1).guid
            assert copy.points(1, all_attempts=True).equals(store.points(1, all_attempts=True))
            run = copy.runs()[1]
            assert (run.status, run.points) == (Status.INTERRUPTED, 1)
            assert copy.check() == []
    with pytest.raises(StoreError, match="already exists"):
        back_up_online(place, target)
    assert sorted(path.name for path in tmp_path.glob("friday*")) == ["friday.sqlite"]


def test_a_backup_needs_no_server_that_writes(
    place: PostgresUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(place) as store:
        measure_nasty_run(store)

    def refuse(_connection: object, place: PostgresUrl) -> None:
        raise StoreError(f"{place} is a standby that only reads: give the primary server.")

    monkeypatch.setattr(server, "_refuse_standby", refuse)
    with pytest.raises(StoreError, match="a standby"):
        Store.open(place)
    back_up_online(place, tmp_path / "friday.sqlite")
    with Store.open(tmp_path / "friday.sqlite") as copy:
        assert len(copy.runs()) == 1


def test_columns_are_read_as_they_are_stored_from_one_point_on(place: PostgresUrl) -> None:
    """Binary COPY is read without a look at each field: every row has to be of the same width."""
    with Store.open(place) as store:
        writer = store.begin_run("reset", "A1", parameters={}, bench={})
        assert store.points(1).empty
        assert store.points_after(1)["point"].size == 0
        writer.add_all(
            Point("a%b" if n % 2 else "", n / 7, n, field_T=1 / (n + 1)) for n in range(9)
        )
        points = store.points(1)
        assert points["phase"].tolist() == ["", "a%b"] * 4 + [""]
        assert points["field_T"].tolist() == [1 / (n + 1) for n in range(9)]
        assert store.points_after(1, 6, ("phase",))["phase"].tolist() == ["a%b", ""]
        with store._database.engine.connect() as connection:
            assert connection.scalar(select(func.count()).select_from(StoredPoint)) == 9


def test_a_device_with_a_percent_sign_is_found(place: PostgresUrl) -> None:
    with Store.open(place) as store:
        for device in ("50 %", "50 %%"):
            store.begin_run("reset", device, parameters={}, bench={})
        assert [run.id for run in store.runs(device="50 %")] == [1]


def test_notes_on_runs_of_a_server_are_in_a_file_of_this_user(
    place: PostgresUrl, tmp_path: Path
) -> None:
    with Store.open(place) as store:
        writer = store.begin_run("reset", "A1", parameters={}, bench={})
        assert writer.notes_file == notes_file(database_place(str(place)))
        assert writer.notes_file.is_relative_to(tmp_path / "state")
        assert writer.notes_file.parent.is_dir()  # the guard appends to it without making it


def test_an_older_schema_is_upgraded_in_one_transaction(
    place: PostgresUrl, postgresql: Cluster
) -> None:
    with Store.open(place) as store:
        described = {"name": "cellar"}
        store.begin_run("reset", "A1", parameters={}, bench=described, operator="Ada").finish(
            Status.FINISHED
        )
        under_way = store.begin_run("reset", "A1", parameters={}, bench=described)
    to_schema_6 = [
        *(f"DROP TABLE {table}" for table in ("users", "benches", "wafers", "samples")),
        "ALTER TABLE runs DROP COLUMN bench_name",
        *(
            f"ALTER TABLE devices DROP COLUMN {column}"
            for column in ("sample", "wafer", "die_row", "die_column")
        ),
        "UPDATE dwmtj_schema SET version = 6",
    ]
    change(place, postgresql, *to_schema_6)
    with pytest.raises(StoreError, match="has schema 6, this dwmtj has schema 7: upgrade it with"):
        Store.open(place, upgrade=False)
    with pytest.raises(StoreError, match="cannot be upgraded while run 2 is under way"):
        Store.open(place)
    with pytest.raises(StoreError, match="has schema 6"):  # nothing was changed
        Store.open(place, read_only=True)
    change(place, postgresql, f"UPDATE runs SET status = 'aborted' WHERE id = {under_way.run_id}")
    with Store.open(place) as store, store._database.engine.connect() as connection:
        assert [(each.name, each.runs) for each in store.names("bench")] == [("cellar", 2)]
        assert [run.id for run in store.runs(bench="cellar", user="Ada")] == [1]
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
        others = [each for each in differences if "dwmtj_schema" not in str(each)]
        assert others == []

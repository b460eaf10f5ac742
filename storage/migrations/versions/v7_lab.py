"""Version 7: users, benches, wafers and samples by name, and where on them a device is.

The users and benches of older runs are those that the runs name.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "7"
down_revision = "6"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_RUNS = sa.table("runs", *map(sa.column, ("id", "operator", "bench", "bench_name")))


def upgrade() -> None:
    for table in ("users", "benches", "wafers", "samples"):
        op.create_table(
            table,
            sa.Column("name", TEXT, primary_key=True),
            sa.Column("notes", TEXT, nullable=False),
        )
    for column, kind in (
        ("sample", TEXT),
        ("wafer", TEXT),
        ("die_row", INTEGER),
        ("die_column", INTEGER),
    ):
        op.add_column("devices", sa.Column(column, kind))
    op.add_column("runs", sa.Column("bench_name", TEXT))
    connection = op.get_bind()
    names: dict[str, set[str]] = {"users": set(), "benches": set()}
    rows = connection.execute(sa.select(_RUNS.c.id, _RUNS.c.operator, _RUNS.c.bench)).all()
    for run_id, operator, bench in rows:
        name = json.loads(bench).get("name")
        names["users"].add(operator)
        if name:
            names["benches"].add(name)
            statement = sa.update(_RUNS).where(_RUNS.c.id == run_id)
            connection.execute(statement.values(bench_name=name))
    for table, found in names.items():
        made = sa.table(table, sa.column("name"), sa.column("notes"))
        for name in sorted(found - {""}):
            connection.execute(sa.insert(made).values(name=name, notes=""))

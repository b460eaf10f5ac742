"""Version 5: points have a temperature, which was an extra quantity, and runs stated conditions."""

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"


def upgrade() -> None:
    check = sa.CheckConstraint("typeof(temperature_K) IN ('real', 'null')")
    op.add_column("points", sa.Column("temperature_K", sa.Double, check))
    op.add_column("runs", sa.Column("conditions", sa.JSON))
    op.execute(
        "UPDATE points SET temperature_K = CAST(json_extract(extra, '$.temperature_K') AS REAL), "
        "extra = nullif(json_remove(extra, '$.temperature_K'), '{}') "
        "WHERE json_type(extra, '$.temperature_K') IN ('real', 'integer')"
    )

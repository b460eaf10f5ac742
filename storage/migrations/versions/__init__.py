"""Alembic scripts, one for each schema version after the first, named after its version.

A script's `revision` is the version it upgrades to. To add one: change `storage/schema.py`, raise
SCHEMA_VERSION, write `vN_what_changes.py` here with `op.batch_alter_table` for changed tables, and
keep a sample with `tests/storage/make_database.py`.
"""

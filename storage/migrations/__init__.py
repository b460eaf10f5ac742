"""Schema migrations: verified copies, upgrades, and the Alembic scripts in `versions`."""

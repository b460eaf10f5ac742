"""Where databases differ: SQLite in one folder, PostgreSQL in the other.

Each has a `Database` (see `storage.database`): how it is opened and upgraded, who may write, how
points are written and read in bulk, and what a check of it looks at. Nothing else in `storage`
knows which of them it works on.
"""

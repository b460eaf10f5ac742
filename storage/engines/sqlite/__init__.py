"""A SQLite file as the database."""

"""A database of a PostgreSQL server, through psycopg."""

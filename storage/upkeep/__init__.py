"""Care of a database: a copy while it is in use, and a check of what it holds."""

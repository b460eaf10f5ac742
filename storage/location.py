"""Location of the database: the argument, DWMTJ_DATABASE, or dwmtj.sqlite in this folder."""

import os
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from .errors import StoreError

ENVIRONMENT_VARIABLE = "DWMTJ_DATABASE"
DEFAULT_FILE = "dwmtj.sqlite"


def database_path(url_or_path: str | os.PathLike[str] | None = None) -> Path:
    """Return the absolute path of the SQLite file given as a path or a SQLAlchemy URL.

    Raises StoreError for a URL that does not name a SQLite file.
    """
    given = os.fspath(url_or_path or os.environ.get(ENVIRONMENT_VARIABLE) or DEFAULT_FILE)
    return Path(_file_of_url(given) if "://" in given else given).expanduser().absolute()


def _file_of_url(text: str) -> str:
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise StoreError(
            f"The database URL that begins with {text.partition('://')[0]}:// cannot be read: "
            "write sqlite:///folder/file.sqlite or just the path."
        ) from error
    file = url.database or ":memory:"
    if url.drivername not in {"sqlite", "sqlite+pysqlite"} or url.query or file == ":memory:":
        raise StoreError(
            f"The database {url.render_as_string(hide_password=True)} is not supported: runs are "
            "kept in a SQLite file, sqlite:///folder/file.sqlite, without options."
        )
    return file

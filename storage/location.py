"""Location of the database: the argument, DWMTJ_DATABASE, or dwmtj.sqlite in this folder."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from .errors import StoreError

ENVIRONMENT_VARIABLE = "DWMTJ_DATABASE"
DEFAULT_FILE = "dwmtj.sqlite"
_SQLITE = {"sqlite", "sqlite+pysqlite"}
_POSTGRESQL = {"postgresql", "postgresql+psycopg"}
_NO_PATH = re.compile(r"postgres(ql)?(\+\w+)?:|(.*\s)?(host|dbname|password)=", re.IGNORECASE)
"""What people write for a server; as the name of a file it would show and keep a password."""
_SECRETS = {"password", "sslpassword"}


@dataclass(frozen=True, slots=True)
class PostgresUrl:
    """A database of a PostgreSQL server; its URL holds no password and may be shown and stored."""

    url: URL

    def __str__(self) -> str:
        return self.url.render_as_string()

    @property
    def name(self) -> str:
        """Database and server in short, for reports: dwmtj on db.lab."""
        host = self.url.host or self.url.query.get("host") or "this computer"
        return f"{self.url.database or self.url.username or 'database'} on {host}"


Place: TypeAlias = Path | PostgresUrl
"""Where a database is: a SQLite file, or a database of a PostgreSQL server."""


def database_place(url_or_path: str | os.PathLike[str] | PostgresUrl | None = None) -> Place:
    """Return the absolute path or the URL of the database given as a path or a SQLAlchemy URL.

    Raises StoreError for a URL of another kind of database, or one with a password.
    """
    if isinstance(url_or_path, PostgresUrl):
        return url_or_path
    given = os.fspath(url_or_path or os.environ.get(ENVIRONMENT_VARIABLE) or DEFAULT_FILE)
    if "://" not in given:
        if _NO_PATH.match(given):
            raise StoreError(
                "The database given is neither a path nor a URL: write a server's as "
                "postgresql+psycopg://user@host/database, with the password in ~/.pgpass."
            )
        return _absolute(given)
    try:
        url = make_url(given)
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            f"The database URL that begins with {given.partition('://')[0]}:// cannot be read: "
            "write sqlite:///folder/file.sqlite, postgresql+psycopg://user@host/database, or just "
            "the path of a file."
        ) from error
    if url.drivername in _POSTGRESQL:
        return _postgres_url(url)
    file = url.database or ":memory:"
    if url.drivername not in _SQLITE or url.query or file == ":memory:":
        raise StoreError(
            f"The database {url.render_as_string(hide_password=True)} is not supported: runs are "
            "kept in a SQLite file, sqlite:///folder/file.sqlite, without options, or in "
            "PostgreSQL, postgresql+psycopg://user@host/database."
        )
    return _absolute(file)


def side_file(place: Place, end: str) -> Path:
    """Return the path of a file that belongs to a database and is not in it.

    It is beside a SQLite file. That of a server is in a folder of this user on this computer,
    which is made.
    """
    if isinstance(place, Path):
        return place.with_name(place.name + end)
    folder = _state_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} for files beside {place} cannot be made ({error.strerror}): set "
            "XDG_STATE_HOME to a folder of yours."
        ) from error
    readable = re.sub(r"[^\w.-]+", "-", place.name)
    return folder / f"{readable}-{hashlib.sha256(str(place).encode()).hexdigest()[:8]}{end}"


def folder_of(place: Place) -> Path:
    """Return the folder of what people open, such as reports: that of the file, else this one."""
    return place.parent if isinstance(place, Path) else Path.cwd()


def _absolute(path: str) -> Path:
    return Path(path).expanduser().absolute()


def _postgres_url(url: URL) -> PostgresUrl:
    if url.password is not None or _SECRETS.intersection(url.query):
        raise StoreError(
            "A database URL with a password is not accepted, since command lines and the files of "
            "stations can be read by others: leave it out, and write it into ~/.pgpass (a line "
            "host:port:database:user:password, mode 600) or the environment variable PGPASSWORD."
        )
    return PostgresUrl(url.set(drivername="postgresql+psycopg"))


def _state_folder() -> Path:
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "dwmtj" / "databases"
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "dwmtj" / "databases"

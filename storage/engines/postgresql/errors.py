"""Errors of a PostgreSQL server, as sentences that say what to do."""

import psycopg

_STATES = {
    "3D000": "{place} does not exist on the server: make it with createdb.",
    "28": (
        "{place} refuses this user ({cause}): check the user, ~/.pgpass or PGPASSWORD, and the "
        "server's pg_hba.conf."
    ),
    "42501": (
        "{place} does not allow this ({cause}): let an owner of the database grant it to this user."
    ),
    "25006": "{place} is read-only ({cause}): open it on the primary server.",
    "53100": "The disk of {place} is full: free some space and resume the run.",
    "53": "The server of {place} has no room ({cause}): close other connections and try again.",
    "55P03": (
        "{place} is locked by another program: close what holds it open for writing and try again."
    ),
    "57": "The server of {place} was stopped or restarted ({cause}): resume the run when it is up.",
    "08": "The connection to {place} was lost ({cause}): resume the run when it is back.",
    "40": "{place} was changed by another program at the same time: try again.",
    "XX": (
        "{place} may be damaged ({cause}): check it with pg_amcheck, and keep a copy of its files."
    ),
    "42P01": "{place} lacks a table of dwmtj ({cause}): give another database.",
}
"""Sentences by SQLSTATE or its class; see PostgreSQL's manual, appendix A."""
_VALUES = ("22", "23")
"""Classes of what a column does not take."""


def sentence_on(place: object, cause: BaseException | None) -> str:
    """Return a sentence on an error of psycopg."""
    state = getattr(cause, "sqlstate", None) or ""
    text = " ".join(str(cause).split()) or type(cause).__name__
    for known in (state, state[:2]):
        if known and known in _STATES:
            return _STATES[known].format(place=place, cause=text)
    is_value = isinstance(cause, psycopg.DataError | psycopg.ProgrammingError) and not state
    if is_value or state[:2] in _VALUES:
        return (
            f"A value cannot be stored in {place} ({text}): "
            "give plain numbers, texts, lists and dictionaries."
        )
    if isinstance(cause, psycopg.OperationalError) and not state:
        return (
            f"{place} cannot be reached, or the connection was lost ({text}): check that the "
            "server runs, its host and port, the database, the user and the password."
        )
    return f"{place} could not be used ({text}): look into the log of the server."

"""The environment variables and the current folder, which outlive a test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

IGNORED = {  # what pytest and libraries set for themselves, the latter when they are imported
    "KMP_DUPLICATE_LIB_OK",
    "KMP_INIT_AT_FORK",
    "MPLCONFIGDIR",
    "PYTEST_CURRENT_TEST",
    "QT_API",
    "QT_ENABLE_HIGHDPI_SCALING",
    "__DASK_PARENT_PID",
}


@contextmanager
def unchanged_surroundings() -> Iterator[None]:
    """Restore what the block changed; raises AssertionError, with the names, if it did."""
    folder, variables = Path.cwd(), dict(os.environ)
    yield
    changed = {
        name
        for name in variables.keys() | os.environ.keys()
        if variables.get(name) != os.environ.get(name)
    } - IGNORED
    for name in changed:
        if name in variables:
            os.environ[name] = variables[name]
        else:
            del os.environ[name]
    if _current_folder() != folder:
        changed.add("the current folder")
        os.chdir(folder)
    assert not changed, f"The test left changed: {', '.join(sorted(changed))}."


def _current_folder() -> Path | None:
    try:
        return Path.cwd()
    except FileNotFoundError:  # deleted since
        return None

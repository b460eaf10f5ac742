"""The environment variables and the current folder, which outlive a test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What pytest and, when they are imported, libraries set for themselves.
IGNORED = ("KMP_", "MPL", "PYSIDE6_", "PYTEST_", "QT_", "TORCH", "__DASK")


@contextmanager
def unchanged_surroundings() -> Iterator[None]:
    """Restore what the block changed; raises AssertionError, with the names, if it did."""
    folder, variables = Path.cwd(), dict(os.environ)
    yield
    changed = {
        name
        for name in variables.keys() | os.environ.keys()
        if variables.get(name) != os.environ.get(name) and not name.startswith(IGNORED)
    }
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

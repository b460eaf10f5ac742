"""Version of the code that measured a run."""

import shutil
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_SOURCE = Path(__file__).parent.parent


@cache
def code_version() -> str:
    """Return the release and, in a git checkout, the commit: 0.1.0+g1a2b3c4-dirty."""
    try:
        release = version("dwmtj")
    except PackageNotFoundError:
        release = "0"
    commit = _commit()
    return f"{release}+g{commit}" if commit else release


def _commit() -> str:
    git = shutil.which("git")
    if git is None or not (_SOURCE / ".git").exists():
        return ""
    described = subprocess.run(
        [git, "-C", str(_SOURCE), "describe", "--always", "--dirty", "--exclude=*"],
        capture_output=True,
        text=True,
        check=False,
    )
    return described.stdout.strip()

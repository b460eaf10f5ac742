"""CPU time from the start of Python to the end of a command, beside its target."""

import os
import subprocess
import sys
import tempfile

from dwmtj.storage import Store

TARGETS_s = {
    "import dwmtj": 0.3,
    "dwmtj --help": 0.4,
    "dwmtj runs list": 0.7,
    "dwmtj bench check": 1.2,
}
_RUNS = 7


def main() -> None:
    """Print the least CPU time (user and system) of seven runs of each, with compiled modules."""
    with tempfile.TemporaryDirectory() as folder:
        with Store.open(f"{folder}/dwmtj.sqlite") as store:
            store.begin_run("reset", "trapezoid-1", parameters={}, bench={})
        for what, target_s in TARGETS_s.items():
            least_s = min(_cpu_s(what, folder) for _ in range(_RUNS))
            print(f"{what}: least {least_s:.2f} s of CPU, target ≤ {target_s:.1f} s", flush=True)


def _cpu_s(what: str, folder: str) -> float:
    python = ["-c", what] if what.startswith("import") else ["-m", *what.split()]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before = os.times()
    subprocess.run(
        [sys.executable, *python],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        timeout=300,
    )
    after = os.times()
    user_s = after.children_user - before.children_user
    return user_s + after.children_system - before.children_system


if __name__ == "__main__":
    main()

"""Mutation testing of a room: `python3 make.py mutants ROOM [FILES] [TESTS] [--interpreted]`.

    python3 make.py mutants storage
    python3 make.py mutants analysis analysis/intervals.py tests/analysis/test_intervals.py

mutmut changes one expression at a time and runs the tests that reach it; a mutant that no test
notices survives. Files are those of the room and tests those of its folder, unless some are named.
It works on a copy in `.mutants`, in which the package has its name, and keeps what it computed
there while the files stay the same. Functions compiled by numba are left as they are, unless
`--interpreted` has those of the files run by the interpreter. It needs a system that forks: Linux
or macOS.
"""

import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPY = ROOT / ".mutants"
MUTMUT = (sys.executable, "-m", "mutmut")
INTERPRETED = "--interpreted"
COMPILED = re.compile(r"^@(compiled|compiled_parallel|inlined)\n", re.MULTILINE)
RESULT = re.compile(r"^\s*(dwmtj\.(\S+?)\.x[_ǁ]\S*__mutmut_\d+): (.+)$", re.MULTILINE)
CAUGHT = {"killed", "timeout"}
CONFIGURATION = """
[tool.mutmut]
source_paths = ["dwmtj"]
only_mutate = {files}
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["--import-mode=importlib", "-p", "no:xdist", "-p", "no:cacheprovider"]
"""


def main(arguments: list[str]) -> int:
    if not arguments or not (ROOT / arguments[0]).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    room, *named = (Path(argument) for argument in arguments if argument != INTERPRETED)
    tests = [path for path in named if path.parts[0] == "tests"] or ["tests" / room]
    files = [path for path in named if path.parts[0] != "tests"] or sorted(
        path.relative_to(ROOT) for path in (ROOT / room).rglob("*.py")
    )
    if missing := [str(path) for path in (*files, *tests) if not (ROOT / path).exists()]:
        print(f"There is no {', '.join(missing)} in {ROOT}.", file=sys.stderr)
        return 2
    copy_tree(interpreted={*files} if INTERPRETED in arguments else set())
    configuration = CONFIGURATION.format(
        files=[f"dwmtj/{path.as_posix()}" for path in files],
        tests=[f"dwmtj/{path.as_posix()}" for path in tests],
    )
    (COPY / "pyproject.toml").write_text(configuration)
    if subprocess.run([*MUTMUT, "run"], cwd=COPY).returncode:
        return 1
    command = [*MUTMUT, "results", "--all", "true"]
    results = subprocess.run(command, cwd=COPY, capture_output=True, text=True, check=True)
    report(results.stdout)
    return 0


def copy_tree(interpreted: set[Path]) -> None:
    """Bring the copy up to date with what git lists; unchanged files are left as they are."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for path in map(Path, listed.stdout.splitlines()):
        source = ROOT / path
        target = COPY / "dwmtj" / path
        if not source.is_file():
            target.unlink(missing_ok=True)
            continue
        content = source.read_bytes()
        if path in interpreted:
            content = COMPILED.sub("", content.decode()).encode()
        if not target.is_file() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            shutil.copystat(source, target)


def report(results: str) -> None:
    """Print the mutants of each file, how many were killed, and the names of the others."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    survivors = []
    for name, module, status in RESULT.findall(results):
        counts[module][status] += 1
        if status not in CAUGHT:
            survivors.append(f"{name}: {status}")
    print("\n".join(survivors))
    print(f"\nA mutant is shown by: cd {COPY} && {sys.executable} -m mutmut show NAME\n")
    for module, statuses in counts.items():
        killed = sum(statuses[status] for status in CAUGHT)
        total = statuses.total()
        print(f"{module:50} {total:5} mutants, {killed:5} killed, {100 * killed / total:5.1f} %")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

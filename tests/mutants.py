"""Mutation testing of a room: `python3 make.py mutants ROOM [FILES] [TESTS] [options]`.

    python3 make.py mutants storage
    python3 make.py mutants analysis analysis/intervals.py tests/analysis/test_intervals.py
    python3 make.py mutants instruments instruments/limits.py --interpreted
    python3 make.py mutants simulators simulators/device/kernel.py --compiled --sample 30

mutmut changes one expression at a time and runs the tests that reach it; a mutant that no test
notices survives. Files are those of the room and tests those of its folder, unless some are named.
It works on a copy in `.mutants`, in which the package has its name. There it keeps the mutants that
were noticed while their function stays the same, and tries the others again. Functions compiled by
numba or traced are left as they are, unless `--interpreted` has those of the files run without, or
`--compiled` has only compiled ones changed and each compiled anew, in a quarter of a minute.
Messages are not reworded: lines with nothing but a text, an error or an entry of the log. It needs
a system that forks: Linux or macOS.
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dwmtj.analysis.intervals import proportion_ci
from dwmtj.tests.compiled_mutants import (
    of_compiled_functions,
    status_when_compiled,
    without_decorators,
)

ROOT = Path(__file__).parents[1]
COPY = ROOT / ".mutants"
MUTMUT = (sys.executable, "-m", "mutmut")
RESULT = re.compile(r"^\s*(dwmtj\.(\S+?)\.x[_ǁ]\S*__mutmut_\d+): (.+)$", re.MULTILINE)
CAUGHT = {"killed", "timeout"}
WORDING = [r'^\s*f?"[^"]*"$', r'^\s*raise \w+\(f?"[^"]*"\)', r"^\s*log\.\w+\("]
CONFIGURATION = """
[tool.mutmut]
source_paths = ["dwmtj"]
only_mutate = {files}
do_not_mutate_patterns = {wording}
timeout_multiplier = 6.0
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["--import-mode=importlib", "-p", "no:xdist", "-p", "no:cacheprovider"]
"""
GENERATION = """
from mutmut.__main__ import copy_also_copy_files, copy_src_dir, create_mutants
from mutmut.__main__ import set_mutant_under_test, setup_source_paths

set_mutant_under_test("mutant_generation")
copy_src_dir()
copy_also_copy_files()
setup_source_paths()
create_mutants(max_children=2)
"""


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    paths: list[Path] = options.paths
    tests = [path for path in paths if path.parts[0] == "tests"] or ["tests" / options.room]
    files = [path for path in paths if path.parts[0] != "tests"] or sorted(
        path.relative_to(ROOT) for path in (ROOT / options.room).rglob("*.py")
    )
    if missing := [str(path) for path in (*files, *tests) if not (ROOT / path).exists()]:
        print(f"There is no {', '.join(missing)} in {ROOT}.", file=sys.stderr)
        return 2
    copy_tree(interpreted={*files} if options.interpreted or options.compiled else set())
    configuration = CONFIGURATION.format(
        files=json.dumps([f"dwmtj/{path.as_posix()}" for path in files]),
        tests=json.dumps([f"dwmtj/{path.as_posix()}" for path in tests]),
        wording=json.dumps(WORDING),
    )
    (COPY / "pyproject.toml").write_text(configuration)
    generate(files)
    generated = sorted(results())
    if options.compiled:
        copy_tree(interpreted=set())
        generated = of_compiled_functions(generated, COPY)
    chosen = (
        generated if options.sample is None else sample(generated, options.sample, options.seed)
    )
    if options.compiled:
        statuses = {name: status_when_compiled(name, COPY, tests) for name in chosen}
    else:
        statuses = try_mutants(chosen, options.children)
    report(statuses, Counter(map(module_of, generated)))
    return 0


def try_mutants(names: Sequence[str], children: int) -> dict[str, str]:
    """Return the status of each mutant, after a run of those that no test has noticed yet."""
    before = results()
    run_mutmut([name for name in names if before[name] not in CAUGHT], children)
    between = results()  # mutmut forgets its results where the choice of tests has changed
    run_mutmut([name for name in names if between[name] == "not checked"], children)
    after = results()
    return {name: after[name] for name in names}


def run_mutmut(names: Sequence[str], children: int) -> None:
    command = [*MUTMUT, "run", "--max-children", str(children), *names]
    environment = {**os.environ, "NUMBA_THREADING_LAYER": "forksafe"}
    if names and subprocess.run(command, cwd=COPY, env=environment).returncode:
        raise SystemExit(1)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("room", type=Path)
    parser.add_argument("paths", nargs="*", type=Path, help="files of the room, and tests")
    parser.add_argument("--interpreted", action="store_true", help="leave out numba and the trace")
    parser.add_argument("--compiled", action="store_true", help="compile each mutant, numba's only")
    parser.add_argument("--sample", type=int, help="mutants drawn from each file, always the same")
    parser.add_argument("--seed", default="", help="of another sample: any word")
    parser.add_argument("--children", type=int, default=2, help="processes at once (default: 2)")
    return parser.parse_args(arguments)


def generate(files: Iterable[Path]) -> None:
    """Write the mutants of files; mutmut itself takes a file that it once left alone as written."""
    (COPY / "mutants").mkdir(exist_ok=True)
    for path in files:
        (COPY / "mutants" / "dwmtj" / path).unlink(missing_ok=True)
    command = [sys.executable, "-c", GENERATION]
    subprocess.run(command, cwd=COPY, check=True, stdout=subprocess.DEVNULL)


def results() -> dict[str, str]:
    """Return the status of each mutant of the chosen files."""
    command = [*MUTMUT, "results", "--all", "true"]
    listed = subprocess.run(command, cwd=COPY, capture_output=True, text=True, check=True)
    return {name: status for name, _, status in RESULT.findall(listed.stdout)}


def module_of(name: str) -> str:
    match = RESULT.match(f"{name}: ?")
    assert match is not None
    return match[2]


def sample(names: Iterable[str], size: int, seed: str) -> list[str]:
    """Return `size` mutants of each module, or all it has, the same for the same seed."""
    modules: dict[str, list[str]] = defaultdict(list)
    for name in names:
        modules[module_of(name)].append(name)
    return [
        name
        for module, group in modules.items()
        for name in random.Random(module + seed).sample(group, min(size, len(group)))
    ]


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
            content = without_decorators(content.decode()).encode()
        if not target.is_file() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            shutil.copystat(source, target)


def report(statuses: Mapping[str, str], generated: Mapping[str, int]) -> None:
    """Print the survivors, and by file how many of all mutants were tried and how many noticed."""
    print("\n".join(f"{n}: {status}" for n, status in statuses.items() if status not in CAUGHT))
    print(f"\nA mutant is shown by: cd {COPY} && {sys.executable} -m mutmut show NAME\n")
    tried = Counter(module_of(name) for name in statuses)
    caught = Counter(module_of(name) for name, status in statuses.items() if status in CAUGHT)
    for module, count in tried.items():
        share = proportion_ci(caught[module], count)
        line = f"{module:50} {caught[module]:5} of {count:5} noticed, {share.value:6.1%}"
        if count < generated[module]:
            line += f" ({share.low:.0%} to {share.high:.0%}), a sample of {generated[module]}"
        print(line)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

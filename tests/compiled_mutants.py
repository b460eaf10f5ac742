"""Mutants of functions that numba compiles, each compiled anew and tested.

mutmut chooses between the mutants of a function while the tests run, which compiled code cannot do.
Here a file is written with one mutant after the other, its decorator in place, and numba renews the
code of the folder each time.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

COMPILED = re.compile(r"^@(?:compiled|compiled_parallel|inlined)\n(?=def (\w+)\()", re.MULTILINE)
TRACED = re.compile(r"^ *@traced\(.*\)\n", re.MULTILINE)
NAME = re.compile(r"dwmtj\.([\w.]+)\.x_(\w+)__mutmut_\d+")
LONGEST_S = 300.0  # of the tests of one mutant; they take a quarter of a minute


def without_decorators(source: str) -> str:
    """Return a module of which nothing is compiled or traced: mutmut skips what is decorated."""
    return TRACED.sub("", COMPILED.sub("", source))


def of_compiled_functions(names: Iterable[str], copy: Path) -> list[str]:
    """Return the mutants of functions that the package in `copy` compiles."""
    chosen = []
    for name in names:
        if match := NAME.fullmatch(name):
            compiled = COMPILED.findall(source_of(match[1], copy).read_text())
            chosen += [name] if match[2] in compiled else []
    return chosen


def status_when_compiled(name: str, copy: Path, tests: Sequence[Path]) -> str:
    """Return whether the tests notice a mutant, as mutmut says it."""
    match = NAME.fullmatch(name)
    assert match is not None
    path, function = source_of(match[1], copy), match[2]
    source = path.read_text()
    decorator = next(found[0] for found in COMPILED.finditer(source) if found[1] == function)
    subprocess.run([sys.executable, "-m", "mutmut", "apply", name], cwd=copy, check=True)
    mutated = path.read_text().replace(f"\ndef {function}(", f"\n{decorator}def {function}(", 1)
    assert COMPILED.findall(mutated) == COMPILED.findall(source)
    path.write_text(mutated)
    options = ["-x", "-q", "--import-mode=importlib", "-p", "no:xdist", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, *(f"dwmtj/{test}" for test in tests)]
    try:
        tested = subprocess.run(command, cwd=copy, timeout=LONGEST_S, stdout=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return "timeout"
    else:
        return "killed" if tested.returncode else "survived"
    finally:
        path.write_text(source)


def source_of(module: str, copy: Path) -> Path:
    return copy / "dwmtj" / Path(*module.split(".")).with_suffix(".py")

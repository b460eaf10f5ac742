"""Set the project up and run it: `python3 make.py JOB`, with the jobs listed where none is given.

Creates .venv beside this file, installs the project into it at the versions of constraints.txt,
installs the few system libraries Qt needs and the PostgreSQL that tests start (as root on Debian
and Ubuntu) or prints the line that does, then does its job. A second call finds everything in place
and starts at once. It needs nothing but the standard library.
"""

import ctypes.util
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
DATA = HERE.parent / "shared" / "data"  # the public data sets, where they lie beside this folder
SYSTEM_LIBRARIES = {
    "GL": "libgl1",
    "EGL": "libegl1",
    "xkbcommon": "libxkbcommon0",
    "dbus-1": "libdbus-1-3",
    "fontconfig": "libfontconfig1",
    "glib-2.0": "libglib2.0-0",
}
EVERYTHING = "[gui,dev,docs,learning]"


def main(arguments: list[str]) -> int:
    if not arguments:
        print(usage())
        return 0
    job, *rest = arguments
    if job not in JOBS:
        print(f"There is no job {job!r}.\n{usage()}", file=sys.stderr)
        return 2
    try:
        if job != "demo":
            install_system_libraries()
        if job in TESTING:
            # Tests send Ctrl-C, which a shell has ignored in what it starts in the background.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            install_postgresql()
        install("" if job == "demo" else EVERYTHING)
        point_to_data()
        return JOBS[job](rest)
    except KeyboardInterrupt:
        return 130


def usage() -> str:
    """Return the jobs, each with the first line of its description."""
    descriptions = {name: (job.__doc__ or "").splitlines()[0] for name, job in JOBS.items()}
    lines = [f"  {name:<12}{description}" for name, description in descriptions.items()]
    return "\n".join(["usage: python3 make.py JOB [ARGUMENTS]", "", *lines])


def demo(rest: list[str]) -> int:
    """Measure two virtual devices and compare them with the paper."""
    return run(PYTHON, "-m", "dwmtj", "demo", *rest)


def test(rest: list[str]) -> int:
    """Run ruff, mypy, import-linter, docs and pytest; with arguments, pytest alone.

    Every check is run, even after one failed; it fails if any did. Those of `checks` run beside
    pytest, and what they print follows when it is done.
    """
    if rest:
        return run(PYTHON, "-m", "pytest", *rest)
    checks = [sys.executable, str(HERE / "make.py"), "checks"]
    with (
        tempfile.TemporaryFile() as printed,
        subprocess.Popen(checks, cwd=HERE, stdout=printed, stderr=subprocess.STDOUT) as beside,
    ):
        tested = run(*PYTEST)
        checked = beside.wait()
        printed.seek(0)
        print(printed.read().decode(errors="replace"), end="", flush=True)
    return worst([tested, checked])


def checks(rest: list[str]) -> int:
    """Run ruff, mypy and import-linter, and build the documentation."""
    return worst([*(run(*check) for check in STATIC_CHECKS), docs(rest)])


def quick(rest: list[str]) -> int:
    """Run ruff, mypy, import-linter and the tests of rooms changed since the last commit.

    A room's tests are those of the folder of `tests` that mirrors its own, or the nearest folder
    above; the tests of rooms that import it are left to `test`, as are those of the pages. What is
    given is passed on to pytest.
    """
    chosen = tests_of_changes()
    checks = [*STATIC_CHECKS]
    if chosen:
        checks.append((*PYTEST, *chosen, *rest))
    print(f"Tests of what changed: {' '.join(map(str, chosen)) or 'none'}", flush=True)
    # A hook of git is told the repository by variables that must not reach the tests' own.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return worst([run(*check, environment=environment) for check in checks])


def tests_of_changes() -> list[Path]:
    """Return the tests of what differs from the last commit, relative to this folder."""
    tests = {found for path in changed_files() if (found := tests_of(path))}
    return sorted(path for path in tests if tests.isdisjoint(path.parents))


def changed_files() -> list[Path]:
    """Return what differs from the last commit, files unknown to git included."""
    found: list[Path] = []
    for command in (
        ["ls-files", "--others", "--exclude-standard", "-z"],
        ["diff", "--name-only", "-z", "HEAD"],
    ):
        git = subprocess.run(["git", *command], cwd=HERE, capture_output=True, text=True)
        if git.returncode:
            sys.exit(f"git cannot tell what changed: {git.stderr.strip()}")
        found += [Path(name) for name in git.stdout.split("\0") if name]
    return found


def tests_of(path: Path) -> Path | None:
    """Return the tests of a file's room, or a test itself, relative to this folder, if any."""
    if path.parts[0] == "docs" or path.suffix == ".md":
        return None
    if path.parts[0] == "tests":
        if path.name.startswith("test_"):
            return path if (HERE / path).is_file() else None
        path = path.relative_to("tests")
    for folder in path.parents[:-1]:
        if (HERE / "tests" / folder).is_dir():
            return "tests" / folder
    own = Path("tests") / f"test_{path.stem}.py"  # of a file in this folder itself
    return own if (HERE / own).is_file() else None


def pages(rest: list[str]) -> int:
    """Run every command and example of the documentation, and the tests that take minutes."""
    environment = {**os.environ, "DWMTJ_ALL_PAGES": "1"}
    long = ("tests/docs", "tests/cli/test_network.py")
    return run(*PYTEST, *long, *rest, environment=environment)


def bench(rest: list[str]) -> int:
    """Time what must be fast: every benchmark, or those whose names are given."""
    names = rest or sorted(path.stem for path in (HERE / "benchmarks").glob("[!_]*.py"))
    return worst([run(PYTHON, HERE / "benchmarks" / f"{name}.py") for name in names])


def docs(rest: list[str]) -> int:
    """Build the documentation as a site, into site/; a warning is an error."""
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}  # of a successor, which is no error
    site: tuple[str | Path, ...] = (PYTHON, "-m", "mkdocs", "build", "--strict", "--quiet", *rest)
    return run(*site, environment=environment)


def mutants(rest: list[str]) -> int:
    """Change a room's code and count the changes its tests notice: ROOM [FILES] [TESTS]."""
    return run(PYTHON, HERE / "tests" / "mutants.py", *rest)


def soak(rest: list[str]) -> int:
    """Run a bench through over a thousand faults, for most of an hour: [RESULTS]."""
    return run(PYTHON, "-m", "dwmtj.tests.campaign.soak", *rest)


def screenshots(rest: list[str]) -> int:
    """Take the pictures of the window: those of the docs, or all of them: [FOLDER]."""
    return run(PYTHON, "-m", "dwmtj.tests.gui.screenshots", *rest)


JOBS: dict[str, Callable[[list[str]], int]] = {
    "demo": demo,
    "test": test,
    "checks": checks,
    "quick": quick,
    "bench": bench,
    "mutants": mutants,
    "soak": soak,
    "docs": docs,
    "pages": pages,
    "screenshots": screenshots,
}
TESTING = {"test", "quick", "pages"}
STATIC_CHECKS = [
    (PYTHON, "-m", "ruff", "check", "."),
    (PYTHON, "-m", "ruff", "format", "--check", "."),
    (PYTHON, "-m", "mypy"),
    (SCRIPTS / "lint-imports",),
]
# Two processes more than cores: many tests wait for a process of their own, or for a socket.
PROCESSES = str(min(4, (os.cpu_count() or 1) + 2))
PYTEST = (PYTHON, "-m", "pytest", "-n", PROCESSES, "--dist", "loadfile")


def install(extras: str) -> None:
    """Create the environment and install into it, unless that was done for these very files."""
    stamp = VENV / f"installed-{extras.strip('[]').replace(',', '-') or 'base'}"
    wanted = fingerprint()
    if PYTHON.exists() and stamp.is_file() and stamp.read_text() == wanted:
        return
    if not has_pip():
        create_environment()
    print(f"Installing dwmtj{extras} into {VENV} (once; a minute or two) ...", flush=True)
    pip: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-compile",  # most modules are never imported
        "--quiet",
    ]
    pinned = str(HERE / "constraints.txt")  # for the build of the package itself, too
    environment = {**os.environ, "PIP_CONSTRAINT": pinned, "PIP_BUILD_CONSTRAINT": pinned}
    if run(*pip, "--editable", f"{HERE}{extras}", environment=environment):
        sys.exit("Installing failed; see pip's message above. Is there a network?")
    show_back_end_to_pyvisa()
    link_checkout()
    stamp.write_text(wanted)


def show_back_end_to_pyvisa() -> None:
    """Put the back end's module where PyVISA looks for it.

    PyVISA lists what it finds in the folders of sys.path; an editable installation hides its
    modules from that behind an import hook.
    """
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    answer = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, check=True)
    shutil.copy(HERE / "pyvisa_dwmtj.py", answer.stdout.strip())


def link_checkout() -> None:
    """Link this folder under its package's name, which mypy needs whatever the folder is called."""
    link = VENV / "checkout" / "dwmtj"
    link.parent.mkdir(exist_ok=True)
    if not link.exists():
        link.unlink(missing_ok=True)
        if os.name == "nt":  # a junction needs no privilege, a symbolic link does
            run("cmd", "/c", "mklink", "/J", link, HERE)
        else:
            link.symlink_to(HERE)


def has_pip() -> bool:
    """Whether there is an environment whose making came to its end."""
    command = [str(PYTHON), "-c", "import pip"]
    return PYTHON.exists() and subprocess.run(command, capture_output=True).returncode == 0


def point_to_data() -> None:
    """Name the folder of the data sets in DWMTJ_DATA, unless the user did, where there is one."""
    if DATA.is_dir():
        os.environ.setdefault("DWMTJ_DATA", str(DATA))


def create_environment() -> None:
    """Create the environment; one that is there, but has no pip, goes."""
    if importlib.util.find_spec("ensurepip") is None:  # Debian has it in a package of its own
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if not apt_install([package], f"{sys.executable} cannot create environments"):
            sys.exit(1)
    print(
        f"{VENV} has no pip, creating it anew" if VENV.exists() else f"Creating {VENV}", flush=True
    )
    if run(sys.executable, "-m", "venv", "--clear", VENV):
        sys.exit(f"Creating {VENV} failed; see the message above.")


def fingerprint() -> str:
    parts = [sys.version, str(HERE)]
    files = ("pyproject.toml", "constraints.txt", "setup.py", "pyvisa_dwmtj.py")
    parts += [(HERE / name).read_text() for name in files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def install_system_libraries() -> None:
    """Qt's shared libraries on Linux: installed where this user may, else the line to run."""
    if not sys.platform.startswith("linux"):
        return
    packages = [deb for name, deb in SYSTEM_LIBRARIES.items() if not ctypes.util.find_library(name)]
    if packages:
        apt_install(packages, "System libraries for Qt are missing")


def install_postgresql() -> None:
    """The server that tests start for themselves: installed as root on Debian, else skipped."""
    is_installed = shutil.which("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if sys.platform.startswith("linux") and not is_installed:
        apt_install(["postgresql"], "Tests on PostgreSQL are skipped without it")


def apt_install(packages: list[str], why: str) -> bool:
    """Install packages as root on Debian, else print why they are needed and the line to run."""
    line = f"apt-get install --yes --no-install-recommends {' '.join(packages)}"
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        print(f"{why}; on Debian or Ubuntu run: sudo {line}", flush=True)
        return False
    print(f"{why}; installing {' '.join(packages)} ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    updated = run("apt-get", "update", "--quiet", environment=environment) == 0
    return updated and run(*line.split(), environment=environment) == 0


def worst(codes: list[int]) -> int:
    """Return an exit code that is 0 only if all are; that of a killed process is negative."""
    return max(map(abs, codes))


def run(*command: str | Path, environment: dict[str, str] | None = None) -> int:
    given = os.environ if environment is None else environment
    # The tests start hundreds of processes, each of which would compile every module anew.
    kept = {name: value for name, value in given.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run([str(part) for part in command], cwd=HERE, env=kept).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

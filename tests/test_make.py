"""Setting up, which is resumed after an interruption, and the choice of what a quick check runs."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dwmtj import make


@pytest.fixture
def half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment without pip, as Ctrl-C in the middle leaves it."""
    folder = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    monkeypatch.setattr(make, "VENV", folder)
    monkeypatch.setattr(make, "PYTHON", folder / make.PYTHON.relative_to(make.HERE / ".venv"))
    return folder


def test_a_half_made_environment_is_made_anew(
    half_made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not make.has_pip()
    make.create_environment()
    assert make.has_pip()
    assert f"{half_made} has no pip, creating it anew" in capsys.readouterr().out


def test_without_ensurepip_the_line_that_installs_it_is_printed(
    half_made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        make.create_environment()
    assert ended.value.code == 1
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"sudo apt-get install --yes --no-install-recommends python{version}-venv" in (
        capsys.readouterr().out
    )


def test_ctrl_c_while_installing_ends_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(extras: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(make, "install", interrupted)
    assert make.main(["demo"]) == 130


def test_the_images_beside_the_project_are_found_unless_another_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment: dict[str, str] = {}
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(make, "DATA", tmp_path / "nowhere")
    make.point_to_data()
    assert "DWMTJ_DATA" not in environment
    monkeypatch.setattr(make, "DATA", tmp_path)
    make.point_to_data()
    assert environment["DWMTJ_DATA"] == str(tmp_path)
    environment["DWMTJ_DATA"] = "elsewhere"
    make.point_to_data()
    assert environment["DWMTJ_DATA"] == "elsewhere"


def test_without_a_job_the_jobs_are_listed_with_a_line_each(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert make.main([]) == 0
    listed = capsys.readouterr().out.splitlines()[2:]
    assert [line.split()[0] for line in listed] == list(make.JOBS)
    assert all(len(line.split()) > 3 and len(line) < 100 for line in listed)


def test_an_unknown_job_is_answered_with_those_that_exist(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert make.main(["tset"]) == 2
    printed = capsys.readouterr()
    assert not printed.out
    assert "There is no job 'tset'" in printed.err
    assert all(name in printed.err for name in make.JOBS)


COMMITTED = (
    "storage/store.py",
    "storage/importing/run.py",
    "simulators/bench/visa/library.py",
    "make.py",
    "errors.py",
    "README.md",
    "docs/page.md",
    "tests/conftest.py",
    "tests/storage/test_store.py",
    "tests/storage/conftest.py",
    "tests/simulators/bench/test_visa.py",
    "tests/docs/test_docs.py",
    "tests/test_make.py",
)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder under git with rooms, their tests, and nothing changed."""
    monkeypatch.setattr(make, "HERE", tmp_path)
    for name in COMMITTED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / ".gitignore").write_text("*.sqlite\n")
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ("storage/store.py", "tests/storage"),
        ("storage/importing/run.py", "tests/storage"),
        ("storage/new file.py", "tests/storage"),
        ("storage/lab.sqlite", None),
        ("simulators/bench/visa/library.py", "tests/simulators/bench"),
        ("make.py", "tests/test_make.py"),
        ("errors.py", None),
        ("README.md", None),
        ("docs/page.md", None),
        ("tests/conftest.py", None),
        ("tests/storage/conftest.py", "tests/storage"),
        ("tests/storage/test_store.py", "tests/storage/test_store.py"),
        ("tests/docs/test_docs.py", "tests/docs/test_docs.py"),
        ("tests/storage/test_new.py", "tests/storage/test_new.py"),
    ],
)
def test_the_tests_of_a_changed_file_are_those_of_its_room(
    checkout: Path, changed: str, tests: str | None
) -> None:
    (checkout / changed).write_text("changed")
    assert make.tests_of_changes() == ([] if tests is None else [Path(tests)])


def test_tests_within_a_chosen_folder_are_not_run_twice_and_deleted_ones_not_at_all(
    checkout: Path,
) -> None:
    assert make.tests_of_changes() == []
    (checkout / "storage/importing/run.py").unlink()
    (checkout / "tests/storage/test_store.py").write_text("changed")
    (checkout / "tests/simulators/bench/test_visa.py").unlink()
    (checkout / "tests/test_make.py").write_text("changed")
    assert make.tests_of_changes() == [Path("tests/storage"), Path("tests/test_make.py")]


def test_a_quick_check_runs_every_tool_outside_the_repository_of_a_hook(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[tuple[str, ...], dict[str, str]]] = []

    def run(*command: str | Path, environment: dict[str, str]) -> int:
        ran.append((tuple(map(str, command)), environment))
        return int("mypy" in command)

    monkeypatch.setattr(make, "run", run)
    (checkout / "storage/store.py").write_text("changed")
    monkeypatch.setenv("GIT_INDEX_FILE", str(checkout / ".git" / "index"))
    assert make.quick(["-x"]) == 1
    tools = [command[2] for command, _ in ran[:3]]
    assert tools == ["ruff", "ruff", "mypy"]
    assert "lint-imports" in ran[3][0][0]
    assert ran[4][0][-2:] == ("tests/storage", "-x")
    assert not any("GIT_INDEX_FILE" in environment for _, environment in ran)


@pytest.mark.parametrize("codes", [(0, 0), (1, 0), (0, 3), (-9, 0)])
def test_checks_run_beside_the_tests_print_after_them_and_count_as_much(
    codes: tuple[int, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    tests = f"import os, time; time.sleep(0.2); print('tested', flush=True); {end(codes[0])}"
    monkeypatch.setattr(make, "HERE", tmp_path)
    monkeypatch.setattr(make, "PYTEST", (sys.executable, "-c", tests))
    checks = f"import os, sys; print(sys.argv[1], file=sys.stderr, flush=True); {end(codes[1])}"
    (tmp_path / "make.py").write_text(checks)
    assert make.test([]) == max(map(abs, codes))
    assert capfd.readouterr().out.split() == ["tested", "checks"]


def end(code: int) -> str:
    return f"os._exit({code})" if code >= 0 else f"os.kill(os.getpid(), {-code})"


def test_every_static_check_and_the_documentation_are_checked_even_if_one_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[str] = []

    def run(*command: str | Path, environment: dict[str, str] | None = None) -> int:
        ran.append(" ".join(map(str, command)))
        return int("mypy" in command)

    monkeypatch.setattr(make, "run", run)
    assert make.checks([]) == 1
    for tool in ("ruff check", "ruff format --check", "mypy", "lint-imports", "mkdocs build"):
        assert sum(tool in command for command in ran) == 1


def test_a_quick_check_outside_git_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make, "HERE", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(SystemExit, match=r"git cannot tell what changed: .*not a git repository"):
        make.quick([])


def test_the_hook_of_a_commit_is_one_that_pre_commit_reads() -> None:
    config = make.HERE / ".pre-commit-config.yaml"
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-config", config], check=True)
    assert "entry: python3 make.py quick" in config.read_text()

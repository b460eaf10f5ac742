"""Adds to the site what is not written by hand: a page for each package, and the examples.

A package's page documents its public names and then its modules, from their docstrings, without
importing any. Pages link to `examples/` beside `docs/`; the site holds a copy.
"""

import shutil
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
API = "reference/api"
HIDDEN = ("dwmtj.cli",)  # commands are described by their --help


_sources = TemporaryDirectory(prefix="dwmtj-sources-")


@event_priority(100)  # before mkdocstrings reads its paths
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the packages to the section "Reference", and their sources to mkdocstrings' paths."""
    copy_sources(Path(_sources.name))
    handlers = config.plugins["mkdocstrings"].config["handlers"]
    handlers["python"]["paths"] = [_sources.name]
    assert config.nav is not None
    (section,) = (entry for entry in config.nav if "Reference" in entry)
    section["Reference"].append({"Python": [{_short(name): _place(name)} for name in packages()]})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the packages' pages and the examples."""
    for name in packages():
        files.append(File.generated(config, _place(name), content=_page(name)))
    for example in sorted((ROOT / "examples").iterdir()):
        if example.is_file():
            place = f"examples/{example.name}"
            files.append(File.generated(config, place, abs_src_path=str(example)))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Lead links to the examples to their copies."""
    return markdown.replace("](../../examples/", "](../examples/")


def packages() -> list[str]:
    """Return the packages that are documented, in the order of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names: list[str] = project["tool"]["setuptools"]["packages"]
    return [name for name in names if not name.startswith(HIDDEN)]


def copy_sources(folder: Path) -> None:
    """Copy the packages' modules alone: the root of the package also holds `.venv` and `tests`."""
    for name in packages():
        parts = name.split(".")
        target = folder.joinpath(*parts)
        target.mkdir(parents=True, exist_ok=True)
        for pattern in ("*.py", "*.pyi"):
            for module in ROOT.joinpath(*parts[1:]).glob(pattern):
                shutil.copy(module, target)


def _place(package: str) -> str:
    return f"{API}/{package}.md"


def _page(package: str) -> str:
    """Return a page that documents a package and each module in it."""
    folder = ROOT.joinpath(*package.split(".")[1:])
    modules = [path.stem for path in sorted(folder.glob("*.py")) if not path.stem.startswith("_")]
    if package == "dwmtj":
        modules = ["errors"]  # beside it are the scripts of the repository
    parts = [("#", package), *(("##", f"{package}.{name}") for name in modules)]
    return "\n".join(f"{mark} {_short(name)}\n\n::: {name}\n" for mark, name in parts)


def _short(name: str) -> str:
    return name.removeprefix("dwmtj.")

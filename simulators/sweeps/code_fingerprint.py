"""Which code a function runs: a hash that changes when its numbers may change, and not before.

It covers the module that the function is in, every module of this project or beside that one that
is imported from there on, directly or not, and the versions of the libraries that compute.
Comments, docstrings and layout do not count, nor does code that is not reached.
"""

import ast
import hashlib
import inspect
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..networks.errors import NetworkError

LIBRARIES = ("numba", "numpy", "scipy", "torch")
PROJECT = ("analysis", "instruments", "protocols", "simulators", "storage")


def code_fingerprint(function: Callable[..., Any]) -> str:
    """Return the hash of what the function runs; raises NetworkError without its source."""
    module = inspect.getmodule(function)
    path = None if module is None else getattr(module, "__file__", None)
    if module is None or path is None:
        raise NetworkError(
            f"{function} has no source file: put what a sweep computes into a module or a script."
        )
    return _of_file(Path(path).resolve(), module.__name__)


@cache
def _of_file(path: Path, name: str) -> str:
    beside = path.parent
    sources: dict[Path, str] = {}
    libraries: set[str] = set()
    todo = [(path, _package_of(path, name))]
    while todo:
        path, package = todo.pop()
        if path in sources:
            continue
        tree = _without_docstrings(ast.parse(path.read_bytes()))
        sources[path] = ast.dump(tree)
        for imported in _imports(tree, package):
            libraries.update({imported.partition(".")[0]}.intersection(LIBRARIES))
            spec = _spec(imported, beside)
            if spec is not None and spec.origin is not None:
                is_package = spec.submodule_search_locations is not None
                inside = spec.name if is_package else spec.parent or ""
                todo.append((Path(spec.origin).resolve(), inside))
    parts = sorted(sources.values()) + [f"{name} {_public(name)}" for name in sorted(libraries)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _package_of(path: Path, name: str) -> str:
    return name if path.name == "__init__.py" else name.rpartition(".")[0]


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        match node:
            case (
                ast.Module(body=body)
                | ast.ClassDef(body=body)
                | ast.FunctionDef(body=body)
                | ast.AsyncFunctionDef(body=body)
            ) if ast.get_docstring(node, clean=False) is not None:
                body[:1] = [ast.Pass()]
    return tree


def _imports(tree: ast.Module, package: str) -> Iterator[str]:
    """Yield every dotted name that may be a module imported anywhere in the source."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (entry.name for entry in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                above = package.split(".")[: len(package.split(".")) - level + 1] if level else []
                base = ".".join([*above, *([module] if module else [])])
                yield base
                yield from (f"{base}.{entry.name}" for entry in names)


def _spec(name: str, beside: Path) -> ModuleSpec | None:
    """Return where a module of the project, or one in the folder `beside`, is; None for others."""
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top in LIBRARIES:
        return None
    try:
        if top not in PROJECT and not _lies_in(find_spec(top), beside):
            return None
        spec = find_spec(name)
    except (ImportError, ValueError):  # an attribute of a module, or one that is not there
        return None
    return spec if spec is not None and (spec.origin or "").endswith(".py") else None


def _lies_in(spec: ModuleSpec | None, folder: Path) -> bool:
    if spec is None or spec.origin is None:
        return False
    path = Path(spec.origin).resolve()
    return path.is_relative_to(folder) and "site-packages" not in path.parts


def _public(library: str) -> str:
    """Return a library's version, without what tells one build of it from another."""
    try:
        return version(library).partition("+")[0]
    except PackageNotFoundError:
        return ""

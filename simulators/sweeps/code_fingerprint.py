"""Which code a function runs: a hash that changes when its numbers may change, and not before.

It covers the module that the function is in, every module of this project or beside that one that
is imported from there on, directly or not, and the versions of the libraries that compute.
Comments, docstrings and layout do not count, nor does code that is not reached. A package that
loads its names lazily says in its `__init__.pyi` which module each one comes from.
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

from .errors import SweepError

LIBRARIES = ("numba", "numpy", "scipy", "torch")
PROJECT = __name__.partition(".")[0]


def code_fingerprint(function: Callable[..., Any]) -> str:
    """Return the hash of the code that a function runs; raises SweepError without its source."""
    module = inspect.getmodule(function)
    path = None if module is None else getattr(module, "__file__", None)
    if module is None or path is None:
        raise SweepError(
            f"{function} has no source file: put what a sweep computes into a module or a script."
        )
    return _of_file(Path(path).resolve(), module.__name__)


@cache
def _of_file(path: Path, name: str) -> str:
    beside = path.parent
    sources: dict[Path, str] = {}
    libraries: set[str] = set()
    inside = name if path.name == "__init__.py" else name.rpartition(".")[0]
    todo = [(path, inside)]
    while todo:
        path, package = todo.pop()
        if path in sources:
            continue
        tree = _without_docstrings(ast.parse(path.read_bytes()))
        sources[path] = ast.dump(tree)
        for imported, is_used_whole in _imports(tree, package):
            libraries.update({imported.partition(".")[0]}.intersection(LIBRARIES))
            todo += _files(imported, beside, is_used_whole=is_used_whole)
    parts = sorted(sources.values()) + [f"{name} {_public(name)}" for name in sorted(libraries)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        match node:
            case (
                ast.Module(body=body)
                | ast.ClassDef(body=body)
                | ast.FunctionDef(body=body)
                | ast.AsyncFunctionDef(body=body)
            ) if ast.get_docstring(node, clean=False) is not None:
                del body[0]
    return tree


def _imports(tree: ast.Module, package: str) -> Iterator[tuple[str, bool]]:
    """Yield every dotted name that may be a module imported anywhere in the source.

    Beside it stands whether any of its own names may be used: not of `a` in `from a import b`.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((entry.name, True) for entry in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                above = package.split(".")[: len(package.split(".")) - level + 1] if level else []
                base = ".".join([*above, *([module] if module else [])])
                is_star = any(entry.name == "*" for entry in names)
                yield base, is_star
                yield from ((f"{base}.{entry.name}", True) for entry in names)


def _files(name: str, beside: Path, *, is_used_whole: bool) -> Iterator[tuple[Path, str]]:
    """Yield the files that an imported name leads to, each with its package."""
    spec = _spec(name, beside)
    if spec is not None and spec.origin is not None:
        is_package = spec.submodule_search_locations is not None
        yield Path(spec.origin).resolve(), spec.name if is_package else spec.parent or ""
        targets = list(_stub(spec).values()) if is_used_whole else []
    else:
        base, _, attribute = name.rpartition(".")
        package = _spec(base, beside) if base else None
        target = None if package is None else _stub(package).get(attribute)
        targets = [] if target is None else [target]
    for target in targets:
        if target != name:
            yield from _files(target.rpartition(".")[0], beside, is_used_whole=False)
            yield from _files(target, beside, is_used_whole=True)


def _stub(package: ModuleSpec) -> dict[str, str]:
    """Return where the names of a lazy package come from: dotted names, by its `__init__.pyi`."""
    path = Path(package.origin or "").with_name("__init__.pyi")
    if package.submodule_search_locations is None or not path.is_file():
        return {}
    found = {}
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom):
            above = package.name.split(".")[: len(package.name.split(".")) - node.level + 1]
            base = [*(above if node.level else []), *([node.module] if node.module else [])]
            found.update(
                {entry.asname or entry.name: ".".join([*base, entry.name]) for entry in node.names}
            )
    return found


def _spec(name: str, beside: Path) -> ModuleSpec | None:
    """Return the spec of a module of the project, or of one in the folder `beside`, else None."""
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top in LIBRARIES:
        return None
    try:
        if top != PROJECT and not _lies_in(find_spec(top), beside):
            return None
        spec = find_spec(name)
    except (ImportError, ValueError):  # an attribute of a module, or no module at all
        return None
    return spec if spec is not None and (spec.origin or "").endswith(".py") else None


def _lies_in(spec: ModuleSpec | None, folder: Path) -> bool:
    if spec is None or spec.origin is None:
        return False
    path = Path(spec.origin).resolve()
    return path.is_relative_to(folder) and "site-packages" not in path.parts


def _public(library: str) -> str:
    """Return a library's version, without the suffix that tells one build of it from another."""
    try:
        return version(library).partition("+")[0]
    except PackageNotFoundError:
        return ""

"""A network of one's own: `my_module.py:Net`, and the `test_set()` beside it.

`Net` is a network (`torch.nn.Module`), or a class or function that returns a trained one without
arguments. `test_set()` of the same file returns inputs, a tensor (n, …), and labels, n whole
numbers. The file is run as it is, with its folder in front of Python's path.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import cloudpickle
import numpy as np
import torch
from torch import Tensor, nn

from ..errors import NetworkError
from .classification import Classification

TEST_SET = "test_set"


def foreign(reference: str, images: int | None, seed: int) -> Classification:
    """Return the network and test set of FILE.py:NAME; raises NetworkError.

    What the file draws of PyTorch's random numbers follows from `seed`.
    """
    path_text, _, name = reference.rpartition(":")
    path = Path(path_text).expanduser()
    if not path_text.endswith(".py") or not name.isidentifier():
        raise NetworkError(
            f"{reference!r} is no task: give fashion-mnist, cifar100, or FILE.py:NAME of a network."
        )
    if not path.is_file():
        raise NetworkError(f"There is no file {path}, whose {name} is to be the network.")
    torch.manual_seed(seed)
    with _importable_beside(path):
        module = _run(path)
        network = _network(module, path, name)
        inputs, labels = _test_set(module, path)
    found = Classification(f"{path.stem}-{name}", network.eval(), inputs[:images], labels[:images])
    try:
        found.classes(found.network, found.batches()[0])
        classes = found.network(found.batches()[0]).shape[1]
    except NetworkError:
        raise
    except Exception as error:
        raise NetworkError(f"{name} of {path} fails on {TEST_SET}(): {_named(error)}.") from error
    lowest, highest = int(labels.min()), int(labels.max())
    if lowest < 0 or highest >= classes:
        raise NetworkError(
            f"{TEST_SET}() of {path} has labels from {lowest} to {highest}, and {name} has scores "
            f"for the classes 0 to {classes - 1}: number the labels as the scores are."
        )
    return found


@contextmanager
def _importable_beside(path: Path) -> Iterator[None]:
    folder = str(path.resolve().parent)
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def _run(path: Path) -> ModuleType:
    spec = spec_from_file_location(f"dwmtj_applied_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise NetworkError(f"{path} cannot be run: {_named(error)}.") from error
    cloudpickle.register_pickle_by_value(module)  # for worker processes
    return module


def _network(module: ModuleType, path: Path, name: str) -> nn.Module:
    if not hasattr(module, name):
        raise NetworkError(
            f"{path} defines no {name}: it defines {_networks_of(module) or 'no network'}."
        )
    found = getattr(module, name)
    if callable(found) and not isinstance(found, nn.Module):
        try:
            found = found()
        except Exception as error:
            raise NetworkError(
                f"{name}() of {path} fails: {_named(error)}. It is called without arguments, and "
                "returns a trained network."
            ) from error
    if not isinstance(found, nn.Module):
        raise NetworkError(
            f"{name} of {path} is {type(found).__name__}, no torch.nn.Module: give a network, or a "
            "class or function that returns one."
        )
    return found


def _networks_of(module: ModuleType) -> str:
    own = (
        name
        for name, value in vars(module).items()
        if isinstance(value, nn.Module)
        or (getattr(value, "__module__", None) == module.__name__ and isinstance(value, type))
    )
    return ", ".join(own)


def _test_set(module: ModuleType, path: Path) -> tuple[Tensor, Tensor]:
    make = getattr(module, TEST_SET, None)
    if not callable(make):
        raise NetworkError(
            f"{path} has no {TEST_SET}(): define one that returns inputs, a tensor (n, …), and "
            "labels, n whole numbers; without them no accuracy is known."
        )
    try:
        inputs, labels = make()
    except Exception as error:
        raise NetworkError(f"{TEST_SET}() of {path} fails: {_named(error)}.") from error
    found, classes = _tensor(inputs), _tensor(labels)
    if (
        found is None
        or classes is None
        or classes.dim() != 1
        or classes.is_floating_point()
        or not 0 < len(classes) == len(found)
    ):
        raise NetworkError(
            f"{TEST_SET}() of {path} returns no inputs (n, …) and labels (n,), whole numbers: "
            "return two tensors of the same length."
        )
    if found.dtype == torch.uint8:
        raise NetworkError(
            f"{TEST_SET}() of {path} returns inputs as bytes: return what the network is given, "
            "such as images.float() / 255, or words.long()."
        )
    return found, classes.long()


def _tensor(value: Any) -> Tensor | None:
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(value)
    return value.detach().cpu() if isinstance(value, Tensor) and value.dim() else None


def _named(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0].rstrip('.')}" if lines else type(error).__name__

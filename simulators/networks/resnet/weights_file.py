"""A trained residual network in one safetensors file, with what it is and how it came about."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from ....storage import atomic_write
from ..errors import NetworkError
from .network import Resnet, ResnetShape


@dataclass(frozen=True, slots=True)
class TrainedResnet:
    """A network in evaluation mode, its shape, and how it was trained."""

    shape: ResnetShape
    network: Resnet
    about: Mapping[str, Any]


def save_weights(path: Path, trained: TrainedResnet) -> Path:
    """Write the file, completely or not at all, and return its path; raises OutputFileError."""
    tensors = {
        name: value.detach().cpu().contiguous()
        for name, value in trained.network.state_dict().items()
    }
    metadata = {
        "shape": json.dumps(asdict(trained.shape)),
        "about": json.dumps(dict(trained.about)),
    }
    with atomic_write(path, make_folder=True) as draft:
        draft.write_bytes(save(tensors, metadata))
    return path


def load_weights(path: Path) -> TrainedResnet:
    """Read a network; raises NetworkError, with the command that trains one, if it is missing."""
    if not path.is_file():
        raise NetworkError(
            f"No weights found at {path}: train them with dwmtj learn cifar100 "
            f"-o {path.parent}, or give another file."
        )
    try:
        with safe_open(path, framework="pt") as opened:
            metadata = opened.metadata() or {}
            shape = ResnetShape(**json.loads(metadata["shape"]))
            about = dict(json.loads(metadata["about"]))
            tensors: dict[str, Tensor] = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
        network = Resnet(shape)
        network.load_state_dict(tensors)
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise NetworkError(
            f"{path} holds no weights that dwmtj learn cifar100 wrote, or is damaged: train them "
            "again, or give another file."
        ) from error
    if not all(torch.isfinite(value).all() for value in tensors.values()):
        raise NetworkError(f"{path} holds weights that are not finite: train them again.")
    return TrainedResnet(shape, network.eval(), about)


def weights_of(path: Path, shape: ResnetShape) -> TrainedResnet:
    """Read a network of this shape; raises NetworkError if the file holds another one."""
    found = load_weights(path)
    if found.shape != shape:
        raise NetworkError(
            f"{path} holds a network of depth {found.shape.depth}, width {found.shape.width} and "
            f"{found.shape.classes} classes, where depth {shape.depth}, width {shape.width} and "
            f"{shape.classes} classes are wanted: give another file, or another --network."
        )
    return found

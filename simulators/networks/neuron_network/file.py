"""The network of domain-wall neurons in one safetensors file, with how it came about."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast, get_args

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from ....storage import atomic_write
from ..data.images import DataSetName
from ..errors import NetworkError
from .activation import NeuronCurve
from .training import SHAPES

NAMES = ("hidden", "readout")
FORMAT = "dwmtj-ann"


@dataclass(frozen=True, slots=True)
class TrainedAnn:
    """Both layers' weights (float32), the neuron, the images it was trained on, and how."""

    weights: Sequence[Tensor]
    neuron: NeuronCurve
    data_set: DataSetName
    about: Mapping[str, Any]


def save_ann(path: Path, trained: TrainedAnn) -> Path:
    """Write the file, completely or not at all, and return its path; raises OutputFileError."""
    tensors = dict(zip(NAMES, (weight.contiguous() for weight in trained.weights), strict=True))
    metadata = {
        "format": FORMAT,
        "neuron": json.dumps(asdict(trained.neuron)),
        "data_set": trained.data_set,
        "about": json.dumps(dict(trained.about)),
    }
    with atomic_write(path, make_folder=True) as draft:
        draft.write_bytes(save(tensors, metadata))
    return path


def load_ann(path: Path) -> TrainedAnn:
    """Read a network; raises NetworkError, with the command that trains one, if it is missing."""
    if not path.is_file():
        raise NetworkError(
            f"No network found at {path}: train one with dwmtj learn ann -o FOLDER, and give a "
            ".safetensors file of that folder."
        )
    try:
        with safe_open(path, framework="pt") as opened:
            metadata = opened.metadata() or {}
            weights = [opened.get_tensor(name) for name in NAMES]
        values = json.loads(metadata["neuron"])
        neuron = NeuronCurve(tuple(values["coefficients"]), values["full_scale"])
        about = dict(json.loads(metadata["about"]))
        data_set = metadata["data_set"]
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise NetworkError(
            f"{path} holds no network that dwmtj learn ann wrote, or is damaged: train it again, "
            "or give another file."
        ) from error
    shapes = tuple(tuple(weight.shape) for weight in weights)
    if (
        metadata.get("format") != FORMAT
        or shapes != SHAPES
        or data_set not in get_args(DataSetName)
    ):
        raise NetworkError(
            f"{path} holds layers of {shapes} for {data_set!r}, not the 784-128-10 network: give a "
            "file that dwmtj learn ann wrote."
        )
    if not all(torch.isfinite(weight).all() for weight in weights):
        raise NetworkError(f"{path} holds weights that are not finite: train it again.")
    return TrainedAnn(weights, neuron, cast("DataSetName", data_set), about)

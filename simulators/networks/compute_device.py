"""The processors that compute: a GPU or the CPU, and how many cores this process may use."""

import os
from typing import Literal

import torch

from .errors import NetworkError

ComputeDevice = Literal["auto", "cpu", "cuda"]


def choose_device(wanted: ComputeDevice) -> torch.device:
    """Return the GPU if there is one and `wanted` is not "cpu", else the CPU.

    Raises NetworkError if a GPU is wanted and PyTorch can use none.
    """
    available = torch.cuda.is_available()
    if wanted == "cuda" and not available:
        raise NetworkError(
            "This PyTorch finds no GPU: leave --on out, or install PyTorch for the GPU."
        )
    if not available or wanted == "cpu":
        return torch.device("cpu")
    torch.backends.cudnn.benchmark = True  # all batches have one shape
    return torch.device("cuda")


def core_count() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1

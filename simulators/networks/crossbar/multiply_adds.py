"""The multiply-adds of a network, counted while it computes its example."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from .conversion.addresses import kept_tensors
from .conversion.example import Example
from .conversion.recording import Recorder


@dataclass(frozen=True, slots=True)
class MultiplyAdds:
    """Multiply-adds of one image: of the whole network, and by parameter and its first row."""

    total: int
    by_row: Mapping[tuple[str, int], int]


class _WholeNetwork:
    """In place of what finds the module of each product, and fails where gradients are computed."""

    parents = frozenset({"Global"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass


def count_multiply_adds(network: nn.Module, example: Example) -> MultiplyAdds:
    """Count them as torch.utils.flop_counter does, recurrent layers included."""
    counter = FlopCounterMode(display=False)
    counter.mod_tracker = _WholeNetwork()  # type: ignore[assignment]
    parameters, kept = dict(network.named_parameters()), kept_tensors(network)
    with counter, Recorder(parameters, {}, counter, kept=kept) as record:
        example.call(network)
    total = int(counter.get_total_flops()) // 2 + record.uncounted
    by_row = {
        (name, row): count // example.batch
        for name, uses in record.uses.items()
        for row, count in uses.multiply_adds.items()
    }
    return MultiplyAdds(total // example.batch, by_row)

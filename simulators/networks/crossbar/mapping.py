"""Weights onto levels of device pairs, layer by layer, and back from conductances."""

from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from ..errors import NetworkError
from ..synapses.levels import SCALES, SynapseLevels
from .devices import DeviceLevels

Clipping = Literal["none", "least-squares", "expected-error"]
Per = Literal["layer", "output"]

ROWS = 256  # searched together


def check_mapping(clipping: str, per: str) -> None:
    """Raise NetworkError for other ways than there are."""
    for what, given, known in (("clipping", clipping, Clipping), ("per", per, Per)):
        if given not in get_args(known):
            raise NetworkError(f"{what} is {' or '.join(get_args(known))}, not {given!r}.")


@dataclass(frozen=True, slots=True)
class MappedLayer:
    """A layer on pairs of devices: `steps` has the level of the one that is not at its lowest.

    `steps` has the weight's shape: k > 0 puts the positive device on level k, k < 0 the negative
    one on −k. `scale` is the weight of the whole conductance range, one or one for each output.
    """

    name: str
    number: int
    steps: Tensor
    scale: Tensor

    def targets(self) -> tuple[Tensor, Tensor]:
        """Return the levels of the positive and of the negative devices, each (outputs, …)."""
        return self.steps.clamp(min=0), (-self.steps).clamp(min=0)

    def weights_of(self, positive_S: Tensor, negative_S: Tensor, devices: DeviceLevels) -> Tensor:
        """Return the weights of conductances (S), float32."""
        difference = (positive_S - negative_S) / devices.range_S
        return difference.float() * self.scale

    def conductances_of(
        self, weights: Tensor, positive: Tensor, negative: Tensor, devices: DeviceLevels
    ) -> tuple[Tensor, Tensor]:
        """Return conductances, float64, of pairs near these levels that have these weights.

        A weight's error is shared evenly by the two devices.
        """
        levels_S = torch.tensor(devices.conductance_S, dtype=torch.float64)
        positive_S, negative_S = levels_S[positive.long()], levels_S[negative.long()]
        difference_S = weights.double() / self.scale * devices.range_S
        half_S = (difference_S - (positive_S - negative_S)) / 2
        return positive_S + half_S, negative_S - half_S


@dataclass(frozen=True, slots=True)
class Pairs:
    """A layer's weights where its devices are on levels, and σ of each weight, in the same units.

    `std` has the weight's shape, or one that broadcasts to it where all levels have the same.
    """

    weights: Tensor
    std: Tensor


def pairs_on(devices: DeviceLevels, positive: Tensor, negative: Tensor, scale: Tensor) -> Pairs:
    """Return the pairs whose devices are on these levels; `scale` is as in MappedLayer."""
    conductance = torch.tensor(devices.conductance_S, dtype=torch.float64) / devices.range_S
    levels = (conductance - conductance[0]).float()
    stds = torch.tensor(devices.std_S, dtype=torch.float32) / devices.range_S
    if len(set(devices.std_S)) == 1:
        std = torch.hypot(stds[:1], stds[:1])
    else:
        std = torch.hypot(stds[positive.long()], stds[negative.long()])
    difference = levels[positive.long()] - levels[negative.long()]
    return Pairs(difference * scale, std * scale)


def map_layer(
    name: str, number: int, weight: Tensor, pair: SynapseLevels, clipping: Clipping, per: Per
) -> MappedLayer:
    """Put a layer's weights on the pair's levels; raises NetworkError if any is not finite."""
    if not torch.isfinite(weight).all():
        raise NetworkError(
            f"{f'Layer {name}' if name else 'The layer'} has weights that are not finite: train it "
            "again, or look at its batch norm."
        )
    rows = weight.float().flatten(1) if per == "output" else weight.float().reshape(1, -1)
    scale = rows.abs().amax(dim=1, keepdim=True)
    scale = torch.where(scale > 0, scale, 1.0)
    if clipping != "none":
        scale = _least_squares(rows, scale, pair, with_spreads=clipping == "expected-error")
    levels = len(pair.values) // 2
    steps = (pair.index(rows, scale) - levels).to(torch.int16).view(weight.shape)
    return MappedLayer(name, number, steps, scale.view(-1, *[1] * (weight.dim() - 1)))


def _least_squares(
    rows: Tensor, largest: Tensor, pair: SynapseLevels, *, with_spreads: bool
) -> Tensor:
    """Return for each row the range, of `SCALES` tried, with the least squared error.

    With spreads it is the expected one of what is programmed: a device's error is a share of the
    range, so that a range c adds c² Σ σ² to what rounding and clipping cost.
    """
    shares = torch.arange(SCALES, 0, -1) / SCALES
    spreads = torch.tensor(pair.spreads).double() * with_spreads
    squared_errors = _by_level if len(pair.values) < rows.shape[1] else _by_weight
    parts = (torch.split(one.double(), ROWS) for one in (rows, largest * shares))
    errors = [
        squared_errors(some, tried, pair, spreads) for some, tried in zip(*parts, strict=True)
    ]
    best = torch.cat(errors).argmin(dim=1, keepdim=True)
    return largest * shares[best]


def _by_weight(rows: Tensor, ranges: Tensor, pair: SynapseLevels, spreads: Tensor) -> Tensor:
    """Return the squared error of rows (rows, weights) for ranges (rows, ranges), as it is defined.

    It takes one search for each weight and range.
    """
    values, found = pair.tensor().double(), []
    for tried in torch.split(ranges, 1, dim=1):
        index = pair.index(rows, tried)
        errors = (values[index] * tried - rows).square() + (spreads[index] * tried).square()
        found.append(errors.sum(dim=1))
    return torch.stack(found, dim=1)


def _by_level(rows: Tensor, ranges: Tensor, pair: SynapseLevels, spreads: Tensor) -> Tensor:
    """Return the same but for a constant of each row, by one search for each level and range.

    Sorted weights between two edges of levels are neighbours. With their number N(e) and their sum
    S(e) up to each edge e, levels v and a = v² + σ², the error is, summed by parts,

        Σ w² + c² (a_last N − Σ_e Δa_e N(e)) − 2 c (v_last S − Σ_e Δv_e S(e)).
    """
    values = pair.tensor().double()
    edges, moments = (values[1:] + values[:-1]) / 2, values.square() + spreads.square()
    ordered = rows.sort(dim=1).values
    sums = nn.functional.pad(ordered.cumsum(dim=1), (1, 0))
    found = []
    for tried in torch.split(ranges, 1, dim=1):
        below = torch.searchsorted(ordered, tried * edges, right=True)
        squares = moments[-1] * rows.shape[1] - below.double() @ moments.diff()
        products = values[-1] * sums[:, -1] - sums.gather(1, below) @ values.diff()
        found.append(tried[:, 0].square() * squares - 2 * tried[:, 0] * products)
    return torch.stack(found, dim=1)

"""Drift compensation: the outputs of an array multiplied by what its devices have lost of them.

Right after writing, every input line of an array is driven by itself at the read voltage and all
outputs are converted: reads w₀, one for each pair. As many reads after the time give w. The factor

    α = Σ w₀² / Σ w₀ w

over the array ("global"), or over the devices of each output ("column"), is the inverse of what is
left, on average, of a weight. Outputs are multiplied by it before the bias is added, digitally:
read noise grows by α, too. An array takes one read for each input line, twice, and the numbers w₀
are kept in digital memory. One factor for an array, from summed currents, is the compensation of
V. Joshi et al., Nat. Commun. 11, 2473 (2020); the correlation with w₀ is taken here, because
walls that hop at random add to sums of magnitudes, and not to it.

It restores gain and nothing else: which devices have hopped remains unknown. Where less than
1/`MOST` is left, α is `MOST`.
"""

from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from ...errors import NetworkError

DriftCompensation = Literal["none", "global", "column"]
MOST = 10.0


def check_compensation(compensation: DriftCompensation) -> None:
    """Raise NetworkError for another way than there are."""
    if compensation not in get_args(DriftCompensation):
        known = ", ".join(get_args(DriftCompensation))
        raise NetworkError(f"Drift compensation is one of {known}, not {compensation!r}.")


def factors(
    written: Tensor,
    now: Tensor,
    read_std: Tensor,
    compensation: DriftCompensation,
    rng: np.random.Generator,
) -> Tensor:
    """Return α, (outputs, 1, …), of weights (outputs, …) right after writing and now.

    `read_std` is σ of reading a pair, in units of the weights, (1, …) or (outputs, 1, …).
    """
    first, later = (_read(weights, read_std, rng) for weights in (written, now))
    over = tuple(range(0 if compensation == "global" else 1, written.dim()))
    squares = (first * first).sum(dim=over, keepdim=True)
    left = (first * later).sum(dim=over, keepdim=True) / squares.clamp(min=1e-30)
    alpha = torch.where(squares > 0, 1 / left.clamp(min=1 / MOST), torch.ones_like(left))
    shape = (len(written), *[1] * (written.dim() - 1))
    return alpha.expand(shape).to(written.dtype)


def _read(weights: Tensor, read_std: Tensor, rng: np.random.Generator) -> Tensor:
    noise = torch.from_numpy(rng.standard_normal(tuple(weights.shape), np.float32))
    return (weights + read_std * noise).double()

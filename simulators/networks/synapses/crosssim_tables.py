"""CrossSim's conductance-update tables: a device by what every pulse did to it, drawn again.

A file has a header, a row of conductance bins, a row of cumulative probabilities, and a matrix of
conductance changes ΔG: a row for each probability, a column for each bin. A pulse on a device at G
changes it by ΔG(u, G), with u uniform in 0 … 1: the inverse of the distribution of ΔG at the
nearest bin, linear between its points. Two files, for pulses upward and downward, make a device.
Fields end in commas or white space; blank lines do not count.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ....arrays import Floats
from ..errors import NetworkError


@dataclass(frozen=True, slots=True)
class UpdateTable:
    """Bins (n,) in siemens, probabilities (m,) from 0 to 1, and changes (m, n) in siemens."""

    conductance_S: Floats
    probability: Floats
    change_S: Floats


@dataclass(frozen=True, slots=True)
class TableDevice:
    """A device of two tables on the same bins, its weights −1 … 1 over the range of the bins."""

    probability: Tensor
    changes: Tensor  # (2 m, n): the upward table above the downward one
    mean_steps: tuple[float, float]

    def pulse(self, weights: Tensor, upward: Tensor, generator: torch.Generator) -> Tensor:
        column = ((weights + 1) / 2 * (self.changes.shape[1] - 1)).round_().long()
        chance = torch.rand(weights.shape, generator=generator)
        above = torch.searchsorted(self.probability, chance, right=True)
        row = above.clamp_(1, len(self.probability) - 1) - 1
        low, high = self.probability[row], self.probability[row + 1]
        share = (chance - low) / (high - low)
        row = row + torch.where(upward, 0, len(self.probability))
        first, second = self.changes[row, column], self.changes[row + 1, column]
        return weights + first + share * (second - first)


def read_device(increasing: Path, decreasing: Path) -> TableDevice:
    """Read the two tables of a device; raises NetworkError, one sentence, if either is malformed.

    They must be of the same bins and probabilities, and change the conductance upward and downward
    on average.
    """
    up, down = read_table(increasing), read_table(decreasing)
    for what, first, second in (
        ("conductance bins", up.conductance_S, down.conductance_S),
        ("cumulative probabilities", up.probability, down.probability),
    ):
        if not np.array_equal(first, second):
            raise NetworkError(
                f"{increasing} and {decreasing} have different {what}: give the two tables of one "
                "device."
            )
    means = (_mean(up), _mean(down))
    if not means[0] > 0 > means[1]:
        raise NetworkError(
            f"{increasing} does not rise, or {decreasing} does not fall, on average: give the "
            "increasing table first."
        )
    scale = 2 / (up.conductance_S[-1] - up.conductance_S[0])
    return TableDevice(
        probability=torch.from_numpy(up.probability).float(),
        changes=torch.from_numpy(np.concatenate([up.change_S, down.change_S]) * scale).float(),
        mean_steps=(means[0] * scale, -means[1] * scale),
    )


def read_table(path: Path) -> UpdateTable:
    """Read one table; raises NetworkError that says what is wrong with it and where."""
    rows = _rows(path)
    if len(rows) < 4:
        raise NetworkError(
            f"{path} has {len(rows)} rows of numbers: a table has conductance bins, cumulative "
            "probabilities and at least two rows of conductance changes."
        )
    bins, probability = rows[0], rows[1]
    if len(rows) - 2 != len(probability):
        raise NetworkError(
            f"{path} has {len(rows) - 2} rows of conductance changes, but {len(probability)} "
            "cumulative probabilities: there must be one row for each."
        )
    for number, row in enumerate(rows[2:], start=1):
        if len(row) != len(bins):
            raise NetworkError(
                f"{path} has {len(row)} conductance changes in row {number} of the matrix, but "
                f"{len(bins)} conductance bins: there must be one for each."
            )
    step = np.diff(bins)
    if len(bins) < 2 or step.min() <= 0 or np.ptp(step) > 1e-3 * step.mean():
        raise NetworkError(f"The conductance bins of {path} do not rise in equal steps.")
    if np.diff(probability).min() <= 0 or (probability[0], probability[-1]) != (0, 1):
        raise NetworkError(f"The cumulative probabilities of {path} do not rise from 0 to 1.")
    return UpdateTable(bins, probability, np.array(rows[2:]))


def _rows(path: Path) -> list[Floats]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise NetworkError(f"{path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise NetworkError(f"{path} is not a text file.") from error
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        fields = line.replace(",", " ").split()
        if not fields:
            continue
        try:
            row = np.array(fields, dtype=np.float64)
        except ValueError as error:
            raise NetworkError(f"{path}, line {number}: {error}.") from error
        if not np.isfinite(row).all():
            raise NetworkError(f"{path}, line {number}: a number is not finite.")
        rows.append(row)
    return rows


def _mean(table: UpdateTable) -> float:
    """Return the mean change over all bins, in siemens."""
    return float(np.trapezoid(table.change_S, table.probability, axis=0).mean())

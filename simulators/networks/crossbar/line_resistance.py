"""Line resistance (IR drop): effective conductances of an array whose wires drop some voltage.

Inputs drive the rows from the left, row i with the voltage V_i; columns end below in amplifiers
that hold 0 V and measure I_j. Every piece of wire between neighbouring devices, before the first
and after the last, has the resistance r. With the potentials u of the row and v of the column at
each device,

    (2 u_ij − u_i,j−1 − u_i,j+1)/r + G_ij (u_ij − v_ij) = 0,   u_i,−1 = V_i,  open at the right end,
    (2 v_ij − v_i−1,j − v_i+1,j)/r − G_ij (u_ij − v_ij) = 0,   v_n,j = 0,     open at the upper end,

(one neighbour less at an open end). That is linear in V: I_j = Σ_i V_i T_ij, and T is all that a
layer needs. It is solved exactly (sparse LU); T → G as r → 0. Larger layers lie on several arrays,
whose currents are added digitally. Kirchhoff's laws; holds while devices are ohmic at reading and
currents have settled: no capacitance, no selector, ideal drivers and amplifiers.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array
from scipy.sparse.linalg import splu
from torch import Tensor

from ....arrays import Floats
from ..errors import NetworkError
from .devices import is_number


@dataclass(frozen=True, slots=True)
class LineResistance:
    """Resistance r of the wire between two neighbouring devices, and the largest array."""

    resistance_ohm: float
    rows: int = 64
    columns: int = 64

    def __post_init__(self) -> None:
        """Raise NetworkError for values that no array has."""
        if not is_number(self.resistance_ohm):
            raise NetworkError(
                f"The resistance of a line is a number, not {self.resistance_ohm!r}."
            )
        for what, count in (("rows", self.rows), ("columns", self.columns)):
            if type(count) is not int:
                raise NetworkError(f"{what} of an array are a whole number, not {count!r}.")
        if not (np.isfinite(self.resistance_ohm) and self.resistance_ohm >= 0):
            raise NetworkError("The resistance of a piece of line is 0 Ω or more.")
        if self.rows < 1 or self.columns < 2 or self.columns % 2:
            raise NetworkError(
                f"An array of {self.rows} rows and {self.columns} columns holds no pairs: give at "
                "least one row and an even number of columns."
            )


def through_lines(
    positive_S: Tensor, negative_S: Tensor, lines: LineResistance, groups: int = 1
) -> tuple[Tensor, Tensor]:
    """Return the effective conductances of a layer's pairs, (outputs, …), in S.

    Inputs drive rows in the order of the weight's elements; the two devices of an output have
    neighbouring columns, the positive one's first. Each of the `groups`, whose outputs read inputs
    of their own, has arrays of its own.
    """
    both = torch.stack((positive_S.flatten(1), negative_S.flatten(1)), dim=1)
    of_groups = both.reshape(groups, -1, both.shape[-1])  # (groups, columns, rows)
    effective = torch.stack(
        [torch.from_numpy(effective_conductance_S(g.numpy().T, lines).T.copy()) for g in of_groups]
    )
    found = effective.view(both.shape)
    return found[:, 0].view(positive_S.shape), found[:, 1].view(negative_S.shape)


def effective_conductance_S(conductance_S: Floats, lines: LineResistance) -> Floats:
    """Return the current at each column for 1 V on each row, (rows, columns), in S, array by array.

    `conductance_S` has the devices' conductances in the same shape.
    """
    if lines.resistance_ohm == 0:
        return conductance_S
    effective = np.empty_like(conductance_S)
    down, right = (
        range(0, size, most)
        for size, most in zip(conductance_S.shape, (lines.rows, lines.columns), strict=True)
    )
    for top, left in product(down, right):
        part = slice(top, top + lines.rows), slice(left, left + lines.columns)
        effective[part] = _of_one_array(conductance_S[part], lines.resistance_ohm)
    return effective


def _of_one_array(conductance_S: Floats, resistance_ohm: float) -> Floats:
    rows, columns = conductance_S.shape
    solver = splu(_nodes(conductance_S * resistance_ohm), permc_spec="MMD_AT_PLUS_A")
    driven = np.arange(rows) * columns
    read = rows * columns + (rows - 1) * columns + np.arange(columns)
    # The matrix is symmetric: whichever side has fewer lines is solved for.
    few, many = (driven, read) if rows <= columns else (read, driven)
    given = np.zeros((2 * conductance_S.size, len(few)))
    given[few, np.arange(len(few))] = 1
    potential: Floats = solver.solve(given)[many] / resistance_ohm
    return potential.T if rows <= columns else potential


def _nodes(relative: Floats) -> csc_array:
    """Return the matrix of Kirchhoff's law at the row's, then the column's nodes, times r."""
    rows, columns = relative.shape
    of_row = np.arange(relative.size).reshape(relative.shape)
    of_column = of_row + relative.size
    ends = np.full(columns, 2.0), np.full(rows, 2.0)
    ends[0][-1] = ends[1][0] = 1.0  # open: no wire on that side
    on_row = relative + ends[0]
    on_column = relative + ends[1][:, None]
    links = (
        (of_row, of_row, on_row),
        (of_column, of_column, on_column),
        (of_row, of_column, -relative),
        (of_column, of_row, -relative),
        *_wire(of_row[:, :-1], of_row[:, 1:]),
        *_wire(of_column[:-1], of_column[1:]),
    )
    places = [np.concatenate([link[k].ravel() for link in links]) for k in range(3)]
    count = 2 * relative.size
    return csc_array(coo_array((places[2], (places[0], places[1])), shape=(count, count)))


def _wire(
    some: NDArray[np.intp], following: NDArray[np.intp]
) -> list[tuple[NDArray[np.intp], NDArray[np.intp], Floats]]:
    joined = np.full(some.shape, -1.0)
    return [(some, following, joined), (following, some, joined)]

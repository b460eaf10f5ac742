"""A whole film on torch tensors, for a graphics processor: the same terms, in plain form.

Adaptive steps of Bogacki and Shampine with the stray field at every stage. On a CUDA device a step
with all its kernels is recorded once and replayed as a graph, since most of the time of these films
would go into launching kernels. No window and no temperature; torch is in the extra `learning`.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..errors import MicromagneticsError
from ..film import Film, demagnetisation_of
from ..precision import DOUBLE, SINGLE
from ..terms.anisotropy import anisotropy_field_A_per_m
from ..terms.demagnetisation import convolved
from ..terms.dmi import dmi_field_A_per_m
from ..terms.exchange import exchange_field_A_per_m
from ..terms.landau_lifshitz import rate_per_s
from ..terms.spin_orbit_torque import spin_orbit_field_A_per_m
from .bogacki_shampine import ERROR_WEIGHTS, WEIGHTS
from .simulation import Accuracy
from .step_size import next_step

if TYPE_CHECKING:
    import torch

_FIRST_STEP_s = 2e-14


class TensorSimulation:
    """The magnetisation of a film as a tensor, its time, and what advances both."""

    def __init__(
        self,
        film: Film,
        m: npt.NDArray[np.floating[Any]],
        accuracy: Accuracy | None = None,
        device: str = "cuda",
    ) -> None:
        """Take `tolerance`, `longest_step_s` and `precision` of the accuracy.

        Raises MicromagneticsError where torch or the device is missing.
        """
        torch = _torch(device)
        self.accuracy = accuracy or Accuracy()
        single = self.accuracy.precision == "float32"
        kind = torch.float32 if single else torch.float64

        def tensor(values: Any) -> Any:
            return torch.as_tensor(np.asarray(values), dtype=kind, device=device)

        self.time_s = 0.0
        self.steps = 0
        self._film = film
        cells = film.cells
        names = ("volume", "face_x", "face_y")
        self._cells = replace(cells, **{name: tensor(getattr(cells, name)) for name in names})
        self._external = tensor(film.external_field_A_per_m)
        self._relative_current = tensor(film.relative_current)
        demagnetisation = demagnetisation_of(film, SINGLE if single else DOUBLE)
        self._spectra, self._padded = tensor(demagnetisation.spectra), demagnetisation.padded
        self._m = tensor(m).clone()
        self._trial = self._m.clone()
        self._current, self._step, self._error = (tensor(0.0) for _ in range(3))
        self._step_s = _FIRST_STEP_s
        self._graph = self._recorded() if self._m.is_cuda else None

    @property
    def m(self) -> npt.NDArray[np.floating[Any]]:
        """The magnetisation, shape (3, nx, ny)."""
        values: npt.NDArray[np.floating[Any]] = self._m.cpu().numpy()
        return values

    def run(self, duration_s: float, current_A_per_m2: float = 0.0) -> None:
        """Advance by exactly this time under a constant current."""
        if not 0 <= duration_s < float("inf"):
            raise MicromagneticsError(f"A simulation cannot run for {duration_s:g} s.")
        end_s = self.time_s + duration_s
        self._current.fill_(current_A_per_m2)
        while end_s - self.time_s > 1e-6 * _FIRST_STEP_s:
            step_s = min(self._step_s, end_s - self.time_s)
            self._step.fill_(step_s)
            self._try_step()
            error = float(self._error) / self.accuracy.tolerance
            if error <= 1:
                self._m.copy_(self._trial)
                self.time_s += step_s
                self.steps += 1
            self._step_s = next_step(
                self._step_s,
                step_s,
                error,
                longest_s=self.accuracy.longest_step_s,
                time_s=self.time_s,
            )

    def rate_per_s(self, m: "torch.Tensor") -> Any:
        """Return dm/dt under the present current: one right-hand side."""
        film, cells = self._film, self._cells
        field = (
            exchange_field_A_per_m(m, cells, film.material)
            + dmi_field_A_per_m(m, cells, film.material)
            + anisotropy_field_A_per_m(m, film.material)
            + self._external
        )
        if film.has_stray_field:
            field = field + convolved(m * cells.volume, self._spectra, self._padded)
        if film.torque is not None:
            current = self._current * self._relative_current
            field = field + spin_orbit_field_A_per_m(
                m, current, film.material, film.torque, cells.thickness_m
            )
        return rate_per_s(m, field, film.material.damping)

    def _try_step(self) -> None:
        """Compute the state after a step and its error, into the tensors kept for them."""
        if self._graph is None:
            self._compute_step()
        else:
            self._graph.replay()

    def _compute_step(self) -> None:
        m, step = self._m, self._step
        rates = [self.rate_per_s(m)]
        trial = m
        for weights in WEIGHTS:
            parts = zip(weights, rates, strict=False)
            trial = m + step * sum(float(weight) * rate for weight, rate in parts)
            rates.append(self.rate_per_s(trial))
        errors = zip(ERROR_WEIGHTS, rates, strict=True)
        error = sum(float(weight) * rate for weight, rate in errors)
        self._error.copy_((step * error).abs().max())
        length = (trial * trial).sum(0).sqrt()
        self._trial.copy_(trial / length.masked_fill(length == 0, 1.0))

    def _recorded(self) -> Any:
        """Return the CUDA graph of a step; the first one, beside it, plans the transforms."""
        torch = _torch("cuda")
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            self._compute_step()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._compute_step()
        return graph


def _torch(device: str) -> Any:
    try:
        import torch
    except ModuleNotFoundError:
        raise MicromagneticsError(
            "A simulation on tensors needs torch: install the extra dwmtj[learning]."
        ) from None
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise MicromagneticsError(
            "Torch finds no CUDA device: give another, or use Simulation, which is faster than "
            "tensors on a processor."
        )
    return torch

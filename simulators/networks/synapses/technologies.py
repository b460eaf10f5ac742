"""The synapse technologies of the synapse paper's Table 1, from the figures it prints.

Numbers that a row lacks are in `lacks`, with their substitutes. Nonlinearities and write
noise are read as CrossSim defines them (see `exponential_device`), which the table does not say.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from torch import Tensor

from ....analysis.state_model.model import StateModel
from ..errors import NetworkError
from .crosssim_tables import read_device
from .exponential_device import ExponentialDevice
from .measured_device import measured_device
from .synapse import PulsedDevice


@dataclass(frozen=True, slots=True)
class Technology:
    """A device as the table prints it; energy and time are those of one write pulse.

    `energy_J` and `write_s` are None where nothing is printed. `write_s` includes the settling time
    where one is printed.
    """

    name: str
    family: str
    device: PulsedDevice
    energy_J: float | None
    write_s: float | None
    lacks: tuple[str, ...] = ()
    source: str = "Table 1 of the synapse paper"

    def document(self) -> dict[str, Any]:
        """Return it as plain data; of a device of tables, where they are and a hash of them."""
        device = self.device
        described: dict[str, Any] = {"device": self.source, "sha256": _content_hash(device)}
        if isinstance(device, ExponentialDevice):
            described = {"device": asdict(device)}
        return {
            "name": self.name,
            **described,
            "energy_J": self.energy_J,
            "write_s": self.write_s,
            "lacks": list(self.lacks),
        }


TECHNOLOGIES = (
    Technology(
        "DW-MTJ, measured",
        "magnetic",
        ExponentialDevice(pulses=(4, 4)),
        energy_J=0.124e-12,
        write_s=50e-9,
        lacks=(
            "linearity (printed: tunable): taken as linear",
            "write noise: taken as none, for notches hold the levels",
            "energy: the printed 0.124 pJ belong to ±0.2 V; the published critical voltages across "
            "the simulated track mean 94 to 573 pJ a pulse",
        ),
    ),
    Technology(
        "DW-MTJ, scaled",
        "magnetic",
        ExponentialDevice(pulses=(31, 31), nonlinearity=(0.80, -0.81), write_noise=0.0323),
        energy_J=2.5e-15,
        write_s=0.5e-9,
        lacks=("states (printed: > 32): taken as 32",),
    ),
    Technology(
        "2T-MTJ",
        "magnetic",
        ExponentialDevice(pulses=(1, 1)),
        energy_J=38e-15,
        write_s=5e-9,
        lacks=("write noise (printed: low): taken as none",),
    ),
    Technology(
        "TaOx/HfOx",
        "RRAM",
        ExponentialDevice(pulses=(127, 127), nonlinearity=(0.04, -0.63), write_noise=0.037),
        energy_J=1.28e-12,
        write_s=50e-9,
    ),
    Technology(
        "TaOx",
        "RRAM",
        ExponentialDevice(pulses=(127, 127), nonlinearity=(668.0, -51.7), write_noise=0.112),
        energy_J=10e-9,
        write_s=10e-9,
        lacks=("states: taken as TaOx/HfOx's 128",),
    ),
    Technology(
        "hBEC-PCM (GST)",
        "PCM",
        ExponentialDevice(pulses=(199, 29), nonlinearity=(3.0, -1.0), write_noise=0.15),
        energy_J=0.5e-12,
        write_s=20e-9,
    ),
    Technology(
        "HfZrOx",
        "ferroelectric",
        ExponentialDevice(pulses=(31, 31), nonlinearity=(1.75, 1.46), write_noise=0.005),
        energy_J=1.79e-12,
        write_s=75e-9,
    ),
    Technology(
        "PEDOT:PSS",
        "electrochemical",
        ExponentialDevice(pulses=(99, 99), nonlinearity=(0.70, -0.12), write_noise=0.00023),
        energy_J=4e-15 * 750 * 2000,
        write_s=250e-6 + 1e-6,
        lacks=("states (printed: > 100): taken as 100",),
    ),
    Technology(
        "p(g2T-TT)",
        "electrochemical",
        ExponentialDevice(pulses=(99, 99)),
        energy_J=10e-15 * 30 * 30,
        write_s=20e-9 + 100e-9,
        lacks=(
            "states (printed: > 100): taken as 100",
            "linearity (printed: high): taken as linear",
            "write noise (printed: low): taken as none",
        ),
    ),
    Technology(
        "SONOS",
        "charge trap",
        ExponentialDevice(pulses=(49, 49), nonlinearity=(1.59, -2.22), write_noise=0.0023),
        energy_J=8.2e-15 * 7 * 1.2,
        write_s=10e-6,
        lacks=("states (printed: ~50): taken as 50",),
    ),
)


def _content_hash(device: Any) -> str:
    """Return the SHA-256 of all that a device of tables or of a model is made of."""
    found = hashlib.sha256()
    for entry in fields(device):
        value = getattr(device, entry.name)
        content = value.numpy().tobytes() if isinstance(value, Tensor) else repr(value).encode()
        found.update(f"{entry.name} {len(content)} ".encode() + content)
    return found.hexdigest()


def of_tables(increasing: Path) -> Technology:
    """Return the DW-MTJ of CrossSim's two tables; the name of one says "increasing".

    Raises NetworkError.
    """
    if "increasing" not in increasing.name:
        raise NetworkError(
            f"{increasing} is not called a table of increasing conductance: give the file whose "
            'name says "increasing"; the one that says "decreasing" belongs beside it.'
        )
    decreasing = increasing.with_name(increasing.name.replace("increasing", "decreasing"))
    return Technology(
        increasing.stem.replace("_increasing", ""),
        "magnetic",
        read_device(increasing, decreasing),
        energy_J=None,
        write_s=None,
        lacks=("energy and time of a pulse",),
        source=f"{increasing} and {decreasing.name}",
    )


def of_model(model: StateModel) -> Technology:
    """Return a calibrated device; raises NetworkError where it cannot be written both ways."""
    width_s = max((pulses.pulse_width_s or 0.0 for pulses in model.pulses), default=0.0)
    return Technology(
        f"{model.name}:{model.version}",
        "measured",
        measured_device(model),
        energy_J=None,
        write_s=width_s or None,
        lacks=("energy of a pulse",) if width_s else ("energy and time of a pulse",),
        source=f"state model {model.name}, version {model.version}, of {model.levels_source.date}",
    )


def find_listed(names: Sequence[str]) -> tuple[Technology, ...]:
    """Return the technologies of Table 1 of these names or families, all if no name is given.

    Raises NetworkError.
    """
    for name in names:
        if not any(name in (entry.name, entry.family) for entry in TECHNOLOGIES):
            known = ", ".join(dict.fromkeys(entry.family for entry in TECHNOLOGIES))
            raise NetworkError(
                f"Unknown technology {name!r}: give a family ({known}) or a name "
                f"({'; '.join(entry.name for entry in TECHNOLOGIES)})."
            )
    return tuple(
        entry for entry in TECHNOLOGIES if not names or {entry.name, entry.family} & set(names)
    )

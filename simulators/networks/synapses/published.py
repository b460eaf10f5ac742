"""Published devices that learn from pulses: `preset:NAME` of `dwmtj learn compare --model`.

Those of Table 1 of the synapse paper under short names, and the fits of aihwkit 1.2
(`simulator/presets/devices.py`, by value). Left out: aihwkit's exponential-step devices
(ReRamESPresetDevice, PCMPresetDevice).
"""

import re

from ....analysis.state_model.presets import PREFIX
from .linear_step_device import LinearStepDevice
from .technologies import TECHNOLOGIES, Technology

_COST = "energy and time of a pulse"
_DEVICES = "spread between devices (published, {}): not simulated"


def _fit(
    name: str, family: str, device: LinearStepDevice, source: str, spread: str, *lacks: str
) -> Technology:
    return Technology(
        name,
        family,
        device,
        energy_J=None,
        write_s=None,
        lacks=(_COST, _DEVICES.format(spread), *lacks),
        source=f"aihwkit 1.2, {source}",
    )


AIHWKIT = (
    _fit(
        "aihwkit-reram-sb",
        "RRAM",
        LinearStepDevice(0.002, (1.0, 1.0), -0.75, 1.25, 3.75, is_multiplicative=False),
        "ReRamSBPresetDevice: loose fit to Gong et al., Nat. Commun. 9, 2102 (2018)",
        "30 % of the step",
        "write noise of 56 steps on top of the state: not simulated",
    ),
    _fit(
        "aihwkit-reram-om",
        "RRAM",
        LinearStepDevice(0.0949, (1.0, 1.0), noise=0.4158, is_multiplicative=False),
        "ReRamArrayOMPresetDevice: arrays of Gong, Rasch et al., IEDM (2022)",
        "78 % of the step, log-normal",
        "write noise of 1.41 steps on top of the state: not simulated",
    ),
    _fit(
        "aihwkit-reram-hfo2",
        "RRAM",
        LinearStepDevice(0.4622, (1.0, 1.0), noise=0.2174, is_multiplicative=False),
        "ReRamArrayHfO2PresetDevice: arrays of Gong, Rasch et al., IEDM (2022)",
        "71 % of the step, log-normal",
        "write noise of 0.58 steps on top of the state: not simulated",
    ),
    _fit(
        "aihwkit-capacitor",
        "capacitor",
        LinearStepDevice(0.005, (0.05, 0.05), noise=0.3, is_multiplicative=False),
        "CapacitorPresetDevice: fit to Li et al., VLSI (2018)",
        "10 % of the step",
        "leakage (10⁶ mini-batches): not simulated",
    ),
    _fit(
        "aihwkit-ecram",
        "electrochemical",
        LinearStepDevice(0.002, (0.1153, 0.5085), -0.8276, 1.1724, 0.3),
        "EcRamPresetDevice: fit to Tang et al., IEDM (2018)",
        "10 % of the step",
    ),
    _fit(
        "aihwkit-ecram-mo",
        "electrochemical",
        LinearStepDevice(2.8214e-4, (0.4152, 0.7342), -0.8286, 1.1714, 2.0),
        "EcRamMOPresetDevice: data of Kim et al., IEDM (2019)",
        "10 % of the step",
    ),
    _fit(
        "aihwkit-gokmen-vlasov",
        "specification",
        LinearStepDevice(0.0016, noise=0.3),
        "GokmenVlasovPresetDevice: Gokmen & Vlasov, Front. Neurosci. 10, 333 (2016)",
        "30 % of the step",
    ),
    _fit(
        "aihwkit-idealized",
        "specification",
        LinearStepDevice(0.0002, noise=0.3),
        "IdealizedPresetDevice: Rasch, Gokmen & Haensch, IEEE Design & Test (2019)",
        "30 % of the step",
    ),
)


def short_name(technology: Technology) -> str:
    """Return the name of a technology in lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", technology.name.lower()).strip("-")


PUBLISHED = {short_name(entry): entry for entry in (*TECHNOLOGIES, *AIHWKIT)}


def find_published(reference: str) -> Technology | None:
    """Return the device of `preset:NAME`, None for any other reference."""
    return PUBLISHED.get(reference.removeprefix(PREFIX)) if reference.startswith(PREFIX) else None

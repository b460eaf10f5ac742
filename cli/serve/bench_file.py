"""The bench file of a served lab, as `dwmtj run --bench` takes it."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...simulators.bench import Lab

_LIMITS = """
[limits]
pulse_amplitude_V = 6.0
pulse_width_s = 1e-6
read_current_A = 200e-6
read_voltage_V = 0.5
field_T = 0.13
field_rate_T_per_s = 0.1
"""


def bench_file_text(lab: "Lab", addresses: Mapping[str, str]) -> str:
    """Return the bench file for a lab served at these addresses, by model.

    It is empty for a lab without a source-meter.
    """
    if "2400" not in addresses:
        return ""
    sections = lab.declared.sections
    name = f"served-{lab.declared.name}"
    text = _section("", name=name, visa_library="@py")
    text += _section("device", name=name)
    if "81160A" in addresses:
        text += _section(
            "pulse_generator",
            driver="Keysight81160A",
            address=addresses["81160A"],
            amplifier_gain=sections.circuit.amplifier_gain,
        )
    if "BOP 36-12" in addresses:
        text += _section(
            "magnet",
            driver="KepcoBOP3612",
            address=addresses["BOP 36-12"],
            coil_T_per_A=sections.electromagnet.field_per_current_T_per_A,
        )
    if {"425", "BOP 36-12"} <= addresses.keys():
        text += _section("magnet.gaussmeter", driver="LakeShore425", address=addresses["425"])
    text += _section(
        "resistance_meter",
        driver="Keithley2400",
        address=addresses["2400"],
        terminals=sections.circuit.meter_terminals,
    )
    if "2750" in addresses and sections.array is not None:
        text += _section(
            "switch",
            driver="Keithley2750",
            address=addresses["2750"],
            row_channels=_list(sections.array.row_channels),
            column_channels=_list(sections.array.column_channels),
        )
    return text + _LIMITS


def _section(header: str, **keys: str | float) -> str:
    lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    return "\n".join(([f"\n[{header}]"] if header else []) + lines) + "\n"


def _list(channels: tuple[int, ...]) -> str:
    return ",".join(map(str, channels))

"""The bench file of a served lab, as `dwmtj run --bench` takes it."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...simulators.bench import Lab
    from ...simulators.bench.array_wiring import ArrayWiring
    from ...simulators.bench.lab_file import LabSections

AMI430_RATED_A, DANFYSIK_RATED_A = 100.0, 160.0  # of the virtual ones
_SOURCES = {"6221", "2400", "2450", "2601B"}  # of the current beside a voltmeter
# A supply whose current is not read back needs one of these:
_GAUSSMETERS = {"425", "475", "F71", "2000 at a Hall sensor"}
_LIMITS = """
[limits]
pulse_amplitude_V = 6.0
pulse_width_s = 1e-6
read_current_A = 200e-6
read_voltage_V = 0.5
field_T = 0.13
field_rate_T_per_s = 0.1
"""
_TEMPERATURES = """lowest_temperature_K = 290.0
highest_temperature_K = 400.0
"""


def bench_file_text(lab: "Lab", addresses: Mapping[str, str]) -> str:
    """Return the bench file for a lab served at these addresses, by model.

    It is empty for a lab without a resistance meter.
    """
    sections = lab.declared.sections
    roles = _roles(sections, addresses)
    if not any(role == "resistance_meter" for model, role, _ in roles if model in addresses):
        return ""
    name = f"served-{lab.declared.name}"
    text = _section("", name=name, visa_library="@py") + _section("device", name=name)
    written = set[str]()
    for model, role, keys in roles:
        parent, _, child = role.partition(".")
        if model in addresses and role not in written and (not child or parent in written):
            written.add(role)
            driver, *more = keys.items()
            text += _section(role, **dict([driver, ("address", addresses[model]), *more]))
    return text + _LIMITS + ("temperature_controller" in written) * _TEMPERATURES


def _roles(
    sections: "LabSections", served: Collection[str]
) -> list[tuple[str, str, dict[str, str | float]]]:
    """Return model, role and keys of each instrument, a magnet before its gaussmeter.

    A voltmeter comes before its source, and both before the meters that need none.
    """
    circuit, array = sections.circuit, sections.array
    gain: dict[str, str | float] = {"amplifier_gain": circuit.amplifier_gain}
    coil: dict[str, str | float] = {
        "coil_T_per_A": sections.electromagnet.field_per_current_T_per_A
    }
    terminals: dict[str, str | float] = {"terminals": circuit.meter_terminals}
    resistor: dict[str, str | float] = {"series_resistance_ohm": circuit.series_resistance_ohm}
    can_read = not _GAUSSMETERS.isdisjoint(served)
    roles: list[tuple[str, str, dict[str, str | float]]] = [
        ("81160A", "pulse_generator", {"driver": "Keysight81160A", **gain}),
        ("81150A", "pulse_generator", {"driver": "Keysight81150A", **gain}),
        ("33250A", "pulse_generator", {"driver": "Keysight33250A", **gain}),
        ("33622A", "pulse_generator", {"driver": "Keysight33500", **gain}),
        ("BOP 36-12", "magnet", {"driver": "KepcoBOP3612", **coil}),
        (
            "BOP 20-20",
            "magnet",
            {"driver": "KepcoBOP", "rating": "20-20", "compliance_V": 20.0, **coil},
        ),
        ("643", "magnet", {"driver": "LakeShore643", **coil}),
        ("AMI 430", "magnet", {"driver": "AMI430", "rated_A": AMI430_RATED_A, **coil}),
        (
            "Danfysik 8500",
            "magnet",
            {"driver": "Danfysik8500", "rated_A": DANFYSIK_RATED_A, **coil},
        ),
        *([("GS200", "magnet", {"driver": "YokogawaGS200", "A_per_V": 1.2, **coil})] * can_read),
        ("425", "magnet.gaussmeter", {"driver": "LakeShore425"}),
        ("475", "magnet.gaussmeter", {"driver": "LakeShore475"}),
        ("F71", "magnet.gaussmeter", {"driver": "LakeShoreF71", "axis": "z"}),
        (
            "2000 at a Hall sensor",
            "magnet.gaussmeter",
            {"driver": "Keithley2000", "T_per_V": 0.1},
        ),
        *(_voltmeters(terminals) if _SOURCES & set(served) else ()),
        ("2400", "resistance_meter", {"driver": "Keithley2400", **terminals}),
        ("2450", "resistance_meter", {"driver": "Keithley2450", **terminals}),
        ("2601B", "resistance_meter", {"driver": "Keithley2600"}),
        ("6221", "resistance_meter", {"driver": "Keithley6221"}),
        ("SR830", "resistance_meter", {"driver": "SR830", **resistor}),
        ("SR860", "resistance_meter", {"driver": "SR860", **resistor}),
        ("336", "temperature_controller", {"driver": "LakeShore336", "heater_range": 3}),
        ("SENTIO", "prober", {"driver": "MPISentio"}),
    ]
    if array is not None:
        from ...simulators.bench.models.keithley_707b import name_of  # compiles

        numbers, crosspoints = _channels(array, str), _channels(array, name_of)
        roles.append(("2750", "switch", {"driver": "Keithley2750", **numbers}))
        roles.append(("707B", "switch", {"driver": "Keithley707B", **crosspoints}))
    return roles


def _voltmeters(
    terminals: dict[str, str | float],
) -> Iterator[tuple[str, str, dict[str, str | float]]]:
    yield "2182A", "resistance_meter", {"driver": "Keithley2182A"}
    yield "2000", "resistance_meter", {"driver": "Keithley2000"}
    source = "resistance_meter.current_source"
    yield "6221", source, {"driver": "Keithley6221"}
    yield "2400", source, {"driver": "Keithley2400", **terminals}
    yield "2450", source, {"driver": "Keithley2450", **terminals}
    yield "2601B", source, {"driver": "Keithley2600"}


def _section(header: str, **keys: str | float) -> str:
    lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    return "\n".join(([f"\n[{header}]"] if header else []) + lines) + "\n"


def _channels(array: "ArrayWiring", name_of: Callable[[int], str]) -> dict[str, str]:
    """Return the keys of a switch's section, with the channels as the instrument names them."""
    return {
        "row_channels": ",".join(map(name_of, array.row_channels)),
        "column_channels": ",".join(map(name_of, array.column_channels)),
    }

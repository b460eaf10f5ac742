"""Labs: a device or array, its circuit, instruments and clock, for the life of the process."""

import re
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ...lab_address import LabAddress
from ..device import Device, Twin, TwinParameters
from ..device.device import load_compiled_functions
from .circuit.array_state import kept_devices
from .circuit.circuit import Circuit
from .circuit.clock import SimulatedClock
from .circuit.device_array import DeviceArray
from .circuit.electromagnet import Electromagnet
from .circuit.largest import LargestValues
from .circuit.wafer import WaferDevices
from .errors import LabError
from .lab_file import DEFAULT_LAB, LabFile, read_lab_file
from .models.registry import MODELS
from .scpi.instrument import Instrument
from .scpi.port import SERIAL_CHARACTER_S, Port
from .twins import ResolveModel, no_models

_OPTIONS = ("seed", "attempt", "real_time", "name", "state", "database", "temperature_K", "stuck")

HOTTEST_K = 2000.0


class Lab:
    """A lab in operation; `lock` is held while an instrument computes, not while it waits."""

    def __init__(self, declared: LabFile, clock: SimulatedClock | None = None) -> None:
        self.declared = declared
        self.lock = threading.RLock()
        sections = declared.sections
        self.clock = clock or SimulatedClock(real_time=sections.time.real_time, lock=self.lock)
        magnet = sections.electromagnet
        self.circuit = Circuit(
            _device(declared),
            self.clock,
            Electromagnet(
                magnet.field_per_current_T_per_A,
                magnet.inductance_H,
                magnet.resistance_ohm,
                magnet.remanence_T,
            ),
            amplifier_gain=sections.circuit.amplifier_gain,
            lead_resistance_ohm=sections.circuit.lead_resistance_ohm,
            meter_terminals=sections.circuit.meter_terminals[:4].upper(),
            series_resistance_ohm=sections.circuit.series_resistance_ohm,
            seed=declared.seed,
        )
        self.instruments: dict[str, Instrument] = {
            entry.address: Instrument(
                MODELS[entry.model], entry.address, MODELS[entry.model].build(self.circuit)
            )
            for entry in sections.instrument
        }
        self._bus_ports: dict[str, Port] = {}

    @property
    def device(self) -> Device | Twin:
        """The device under test as it is now, or all devices of an array, row by row.

        Of a wafer, the device that the needles touch; raises LabError if there is none.
        """
        with self.lock:
            self.circuit.advance_to_now()
            device = self.circuit.device
            if isinstance(device, WaferDevices):
                if device.connected is None:
                    raise LabError("The needles touch no device of the wafer.")
                return device.connected
            return device.devices if isinstance(device, DeviceArray) else device

    @property
    def largest(self) -> LargestValues:
        """The largest set points, levels, currents and fields since the lab was set up."""
        with self.lock:
            self.clock.synchronise()
            self.circuit.advance_to_now()
            return replace(self.circuit.largest)

    def port(self, address: str) -> Port:
        """Return the connection to an instrument: one on the bus, a new one for every socket."""
        if address.upper().endswith("::SOCKET"):
            return self.stream(address)
        with self.lock:
            port = self._bus_ports.get(address)
            if port is None:
                serial = address.upper().startswith("ASRL")
                port = self._bus_ports[address] = Port(
                    self.instruments[address],
                    self.clock.sleep,
                    self.clock.synchronise,
                    self.clock.now_s,
                    self.lock,
                    message_bus=not serial,
                    character_s=SERIAL_CHARACTER_S if serial else 0.0,
                )
            return port

    def stream(self, address: str) -> Port:
        """Return a new stream (serial or TCP) to the instrument at an address."""
        return Port(
            self.instruments[address],
            self.clock.sleep,
            self.clock.synchronise,
            self.clock.now_s,
            self.lock,
            message_bus=False,
        )


def _device(declared: LabFile) -> Device | Twin | DeviceArray | WaferDevices:
    wiring, wafer = declared.sections.array, declared.sections.wafer
    if wafer is not None:
        if isinstance(declared.parameters, TwinParameters):
            raise LabError(
                f"Virtual lab {declared.name!r}: a wafer has simulated devices, not a digital twin."
            )
        load_compiled_functions(declared.parameters)
        return WaferDevices(declared.parameters, wafer, declared.seed)
    if wiring is None:
        return _devices(declared, 1)
    devices, stuck = _devices(declared, wiring.count), declared.stuck
    return DeviceArray(devices, wiring.row_channels, wiring.column_channels, stuck)


def _devices(declared: LabFile, count: int) -> Device | Twin:
    parameters, seed = declared.parameters, declared.seed
    if isinstance(parameters, TwinParameters):
        return Twin(parameters, seed, count)
    load_compiled_functions(parameters)
    devices = Device(parameters, seed, count)
    for place, site in declared.stuck.items():
        devices.part(place, place + 1).place(site)
    return kept_devices(Path(declared.state_file), devices) if declared.state_file else devices


_labs: dict[tuple[LabAddress, ResolveModel | None], Lab] = {}
_labs_lock = threading.Lock()


def open_lab(address: str | LabAddress = "", *, resolve_model: ResolveModel | None = None) -> Lab:
    """Return the lab at an address, set up when first asked for.

    An address is `NAME|FILE.toml|model:MODEL[?option=…&…]`, by default that of the trapezoid.

    Options: `seed=N`, `attempt=N` (from 2 on: other random numbers of the same seed),
    `real_time=0|1`, `name=…` (a lab of its own with otherwise equal settings), `state=FILE` (keeps
    the devices of an array beyond the process), `database=FILE` (passed to `resolve_model`),
    `temperature_K=…` (of the devices, instead of the device file's), `stuck=…` (the share of an
    array's devices whose walls nothing moves).
    The same address is the same lab for the whole process; with a digital twin, as long as the
    models come from the same place. Raises LabError.
    """
    address = LabAddress.parse(address) if isinstance(address, str) else address
    address = replace(address, lab=address.lab or DEFAULT_LAB)
    with _labs_lock:
        for models in (None, resolve_model):
            if lab := _labs.get((address, models)):
                return lab
        declared = _declared(address, resolve_model)
        twin = isinstance(declared.parameters, TwinParameters)
        lab = _labs[address, resolve_model if twin else None] = Lab(declared)
        return lab


def forget_labs() -> None:
    """Forget every lab; open sessions keep theirs."""
    with _labs_lock:
        _labs.clear()


def _declared(address: LabAddress, resolve_model: ResolveModel | None) -> LabFile:
    options = dict(address.options)
    for key in options:
        if key not in _OPTIONS:
            raise LabError(
                f"Virtual lab {str(address)!r}: unknown option {key!r}, use {', '.join(_OPTIONS)}."
            )

    def find_model(name: str) -> Mapping[str, Any]:
        return (resolve_model or no_models)(name, address.option("database"))

    declared = read_lab_file(address.lab, find_model)
    for key in ("seed", "attempt"):
        if not re.fullmatch("[0-9]{1,40}", options.get(key, "0")):
            raise LabError(
                f"Virtual lab {str(address)!r}: {key} must be a whole number of 0 or more."
            )
    seed = int(options.get("seed", declared.seed))
    if "stuck" in options:
        declared = _with_stuck(declared, address, options["stuck"], seed)
    declared = declared.with_seed(_seed_of(seed, int(options.get("attempt", 1))))
    if options.get("state"):
        if declared.sections.array is None or isinstance(declared.parameters, TwinParameters):
            raise LabError(
                f"Virtual lab {str(address)!r}: state is kept of an array of simulated devices "
                "only."
            )
        declared = replace(declared, state_file=options["state"])
    if "temperature_K" in options:
        declared = _at_temperature(declared, address, options["temperature_K"])
    if "real_time" in options:
        if options["real_time"] not in ("0", "1"):
            raise LabError(f"Virtual lab {str(address)!r}: real_time must be 0 or 1.")
        declared = declared.with_pace(real_time=options["real_time"] == "1")
    return declared


def _at_temperature(declared: LabFile, address: LabAddress, text: str) -> LabFile:
    try:
        temperature_K = float(text)
    except ValueError:
        temperature_K = float("nan")
    if not 0 < temperature_K <= HOTTEST_K:
        raise LabError(
            f"Virtual lab {str(address)!r}: temperature_K must be above 0 and at most "
            f"{HOTTEST_K:g}."
        )
    if isinstance(declared.parameters, TwinParameters):
        raise LabError(
            f"Virtual lab {str(address)!r}: a digital twin repeats what was measured at one "
            "temperature; omit temperature_K."
        )
    return declared.with_temperature(temperature_K)


def _with_stuck(declared: LabFile, address: LabAddress, text: str, seed: int) -> LabFile:
    """Draw the stuck devices and where each wall is, alike for all attempts of one seed."""
    try:
        share = float(text)
    except ValueError:
        share = float("nan")
    if not 0 <= share <= 1:
        raise LabError(f"Virtual lab {str(address)!r}: stuck must be a share from 0 to 1.")
    wiring, parameters = declared.sections.array, declared.parameters
    if wiring is None or isinstance(parameters, TwinParameters):
        raise LabError(
            f"Virtual lab {str(address)!r}: stuck is for an array of simulated devices only."
        )
    rng = np.random.default_rng([seed, *b"stuck"])
    places = rng.permutation(wiring.count)[: round(share * wiring.count)]
    sites = rng.integers(0, len(parameters.notches) + 2, len(places))
    return replace(declared, stuck=dict(zip(places.tolist(), sites.tolist(), strict=True)))


def _seed_of(seed: int, attempt: int) -> int:
    """Return the seed itself for the first attempt, else one that follows from both."""
    if attempt < 2:
        return seed
    return int(np.random.SeedSequence([seed, attempt]).generate_state(1, np.uint64)[0])

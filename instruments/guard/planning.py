"""Writes the plan of a bench's safe state from its bench file."""

import os
from pathlib import Path

from pyvisa import rname

from ...lab_address import LabAddress
from ..bench_file import BenchFile
from ..ownership import lock_file
from ..registry import DRIVERS
from ..sections import InstrumentSection
from .plan import BenchPlan, InstrumentPlan

# Off before relays or a chuck move:
SOURCES = ("pulse generator", "resistance meter", "current source")


def plan_of(bench_file: BenchFile) -> BenchPlan:
    """Return the plan of the bench; its instruments are those that drive something."""
    real = LabAddress.of_library(bench_file.visa_library) is None
    plans = []
    for name, (role, section) in bench_file.instruments().items():
        steps = DRIVERS[role][section.driver].safe_steps(section, bench_file.limits)
        if steps:
            plans.append(
                InstrumentPlan(
                    name=name,
                    address=section.address,
                    visa_library=bench_file.visa_library,
                    lock=lock_file(instrument_key(section)) if real else None,
                    settings=section.session_settings,
                    prologix=section.prologix,
                    steps=steps,
                    after=SOURCES if role in ("switch", "prober") else (),
                    safe_state="separated" if role == "prober" else "off",
                )
            )
    return BenchPlan(bench_file.name, plans)


def lock_files(bench_file: BenchFile) -> list[Path]:
    """Return the lock files of all instruments of a bench, and of their Prologix adapters."""
    sections = [section for _, section in bench_file.instruments().values()]
    keys = {instrument_key(section) for section in sections}
    # One adapter talks to one instrument at a time, whichever program asked it last.
    keys |= {_canonical(section.prologix) for section in sections if section.prologix is not None}
    return [lock_file(key) for key in sorted(keys)]


def instrument_key(section: InstrumentSection) -> str:
    """Return an instrument's address in the one form that all ways to write it share."""
    key = _canonical(section.address)
    return key if section.prologix is None else f"{_canonical(section.prologix)} {key}"


def _canonical(address: str) -> str:
    try:
        name = rname.parse_resource_name(address.strip())
    except rname.InvalidResourceName:  # an alias of the vendor's VISA
        return address.strip().upper()
    if isinstance(name, rname.ASRLInstr) and name.board.startswith("/"):
        name.board = os.path.realpath(name.board)  # /dev/serial/by-id/… and /dev/ttyUSB0
    if isinstance(name, rname.GPIBInstr):
        name.primary_address = name.primary_address.lstrip("0") or "0"  # GPIB0::05 and GPIB0::5
    return str(name).upper().replace("::LOCALHOST::", "::127.0.0.1::")

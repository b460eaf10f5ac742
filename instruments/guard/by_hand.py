"""The safe state of a bench that nobody owns, as a command: what the guard does, at once."""

import secrets
from contextlib import ExitStack

from ...lab_address import LabAddress
from ..bench_file import BenchFile
from ..connection import open_visa
from ..interrupts import Interrupts
from ..ownership import Holder, Ownership
from . import shutdown
from .planning import lock_files, plan_of


def make_safe(bench_file: BenchFile) -> list[shutdown.Outcome]:
    """Make every instrument safe that drives something; return what each of them did.

    Raises BenchError, and touches nothing, if another process owns one of them, or if the VISA
    library cannot be loaded.
    """
    open_visa(bench_file.visa_library)
    instruments = plan_of(bench_file).instruments
    with Interrupts() as interrupts, ExitStack() as exits:
        if LabAddress.of_library(bench_file.visa_library) is None:
            holder = Holder.of_this_process(secrets.token_hex(8), bench_file.name, "bench safe")
            owned = Ownership(lock_files(bench_file), holder)
            exits.callback(owned.release)
        interrupts.hold()  # a ramp that has started goes on to its end
        return shutdown.make_safe(instruments, {})

"""What a trace costs per exchange while it is written, and a step while none is."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pyvisa
from pyvisa.resources import MessageBasedResource

from dwmtj.instruments.tracing import trace_to, traced

TARGET_us, TARGET_OFF_us = 50.0, 0.5
_ROUNDS, _CALLS = 200, 20


class Actor:
    """Something with an action that is a step, and the same action that is none."""

    def act(self, amplitude_V: float) -> float:
        return amplitude_V

    @traced("act")
    def step(self, amplitude_V: float) -> float:
        return amplitude_V


def main() -> None:
    """Print the fastest of the rounds, with and without in turn: a busy computer only adds."""
    manager = pyvisa.ResourceManager("trapezoid?name=benchmark@dwmtj")
    generator = cast("MessageBasedResource", manager.open_resource("GPIB0::10::INSTR"))
    actor = Actor()
    plain_us, traced_us, call_us, step_us = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(_ROUNDS):
            plain_us.append(_duration_us(lambda: generator.query(":VOLT1:HIGH?")))
            with trace_to(Path(folder) / "trace.jsonl"):
                traced_us.append(_duration_us(lambda: generator.query(":VOLT1:HIGH?")))
            call_us.append(_duration_us(lambda: actor.act(1.0)))
            step_us.append(_duration_us(lambda: actor.step(1.0)))
    generator.close()
    plain, on, off = min(plain_us), min(traced_us), min(step_us) - min(call_us)
    print(
        f"query: {plain:.1f} µs, with a trace {on:.1f} µs: {(on - plain) / 2:.1f} µs per exchange "
        f"(target ≤ {TARGET_us:.0f}); a step without a trace: {off:.2f} µs "
        f"(target ≤ {TARGET_OFF_us})"
    )


def _duration_us(action: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    for _ in range(_CALLS):
        action()
    return (time.perf_counter() - began_s) / _CALLS * 1e6


if __name__ == "__main__":
    main()

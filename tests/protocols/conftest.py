"""A bench whose instruments only note what is asked of them."""

from dataclasses import dataclass, field

import pytest

from dwmtj.instruments import Bench, PulseShape, Reading, load_bench_file


@dataclass
class Rig:
    """All roles in one; `calls` is everything that reached them, in order."""

    calls: list[tuple[object, ...]] = field(default_factory=list)
    identity: str = "a rig"
    gaussmeter_identity: str = "a rig's gaussmeter"
    minimum_amplitude_V: float = 0.1
    maximum_amplitude_V: float = 10.0
    maximum_field_T: float = 0.15
    minimum_current_A: float = 1e-9
    time_s: float = 0.0
    field_T: float = 0.0
    rows: int = 128
    columns: int = 20

    def arm(self, what: PulseShape | float) -> None:
        self.calls.append(("arm", what))

    def fire(self, amplitude_V: float) -> None:
        self.calls.append(("fire", amplitude_V))

    def interrupt(self) -> None: ...

    def set_field(self, field_T: float) -> float:
        self.calls.append(("field", field_T))
        self.field_T = field_T
        return field_T

    def read_field(self) -> float:
        return self.field_T

    def read(self) -> Reading:
        self.time_s += 0.02
        self.calls.append(("read",))
        return Reading(voltage_V=0.01, current_A=1e-4)

    def close(self, row: int, column: int) -> None:
        self.calls.append(("close", row, column))

    def open(self) -> None:
        self.calls.append(("open",))

    def check(self) -> None: ...

    def make_safe(self) -> None:
        self.calls.append(("safe",))

    def now_s(self) -> float:
        return self.time_s

    def sleep(self, duration_s: float) -> None:
        self.time_s += duration_s


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def bench(rig: Rig) -> Bench:
    return Bench(load_bench_file("virtual-trapezoid"), rig, rig, rig, rig, switch=rig)

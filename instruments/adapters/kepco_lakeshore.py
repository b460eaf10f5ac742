"""An electromagnet on a Kepco BOP supply, its field read back by a Lake Shore 425 gaussmeter.

Field = coil constant × current + remanence. The field is ramped at the allowed rate, then trimmed
with the gaussmeter until it is within `tolerance_T`. A gaussmeter that is not in the gap, or a
wrong coil constant, must not drive the field away: all trims together may move it by no more than
`largest_trim_T`, and a reading beyond `largest_field_T` ends the attempt.
"""

from pymeasure.instruments.lakeshore import LakeShore425

from ..clock import Clock
from ..errors import BenchError
from ..faults import Speaking
from .kepco_bop import LARGEST_CURRENT_A, KepcoCoilSupply

EXPECTED_GAUSSMETER_IDENTITY = "MODEL425"
SETTLING_S = 0.1
TRIMS = 8


class KepcoLakeShoreMagnet:
    """Field in tesla at the device, from `coil_T_per_A` and the gaussmeter beside it."""

    def __init__(
        self,
        supply: KepcoCoilSupply,
        gaussmeter: LakeShore425,
        clock: Clock,
        *,
        coil_T_per_A: float,
        tolerance_T: float,
        largest_trim_T: float,
        largest_field_T: float,
    ) -> None:
        self._supply = supply
        self._gaussmeter = gaussmeter
        self._clock = clock
        self._coil_T_per_A = coil_T_per_A
        self._tolerance_T = tolerance_T
        self._largest_trim_T = largest_trim_T
        self._largest_field_T = largest_field_T
        self._gaussmeter_ready = False
        self._reading = Speaking("The gaussmeter (425)")

    @property
    def identity(self) -> str:
        return self._supply.identity

    @property
    def gaussmeter_identity(self) -> str:
        with self._reading:
            return str(self._gaussmeter.ask("*IDN?")).strip()

    @property
    def maximum_field_T(self) -> float:
        return abs(LARGEST_CURRENT_A * self._coil_T_per_A)

    def set_field(self, field_T: float) -> float:
        trim_T = 0.0
        for _ in range(TRIMS):
            self._supply.ramp_to((field_T + trim_T) / self._coil_T_per_A)
            self._clock.sleep(SETTLING_S)
            here_T = self.read_field()
            if abs(here_T - field_T) <= self._tolerance_T:
                return here_T
            trim_T += field_T - here_T
            beyond = abs(here_T) > self._largest_field_T + self._tolerance_T
            if beyond or abs(trim_T) > self._largest_trim_T:
                break
        raise BenchError(
            f"The gaussmeter reads {here_T:g} T where {field_T:g} T was set; check its position, "
            "its zero, and coil_T_per_A and largest_trim_T in the bench file."
        )

    def read_field(self) -> float:
        with self._reading:
            if not self._gaussmeter_ready:
                self._gaussmeter.unit = "T"
                self._gaussmeter.auto_range()
                self._gaussmeter_ready = True
            return float(self._gaussmeter.field)

    def check(self) -> None:
        self._supply.check()

    def make_safe(self) -> None:
        self._supply.make_safe()

"""One criterion: a quantity, the range that it has to lie in, and which runs it is about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Criterion:
    """A required range of a quantity, both ends included and in the SI unit of the quantity.

    `required` is the range as it was written, `shown_unit` the unit it was written in. `level`, or
    `level_ohm`, about which resistance it lies, `phase`, `cycles` and `track_resistance_ohm` are
    given where the quantity has them; `device` and `protocol` choose runs and are empty for all.
    """

    quantity: str
    minimum: float
    maximum: float
    required: str
    shown_unit: str
    name: str = ""
    level: int | None = None
    level_ohm: float | None = None
    phase: str | None = None
    cycles: int | None = None
    track_resistance_ohm: float | None = None
    source: str = ""
    device: str = ""
    protocol: str = ""

    @property
    def label(self) -> str:
        """The name that was given, else the quantity with its level and phase."""
        level = "" if self.level is None else f" {self.level}"
        if self.level_ohm is not None:
            level = f" at {self.level_ohm:.4g} Ω"
        phase = "" if self.phase is None else f", {self.phase}"
        return self.name or f"{self.quantity}{level}{phase}"

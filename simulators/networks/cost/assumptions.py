"""What the cost of a network is computed from: every number with its source.

The circuit is ISAAC's (Shafiee et al., ISCA 2016, Table I, 32 nm, 1.2 GHz): arrays of 128 × 128
devices, inputs bit by bit, one converter for each array, which converts all columns in a cycle.
"""

from dataclasses import dataclass, fields

ISAAC = "Shafiee et al., ISCA 2016, Table I (32 nm)"
HOROWITZ = "Horowitz, ISSCC 2014, Fig. 1.1.9 (45 nm, 0.9 V)"
SYNAPSE_PAPER = "the synapse paper"
ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Stated:
    """A number in SI units, and where it comes from."""

    value: float
    unit: str
    what: str
    source: str


@dataclass(frozen=True, slots=True)
class Circuit:
    """The circuit around the devices; replace what differs in yours."""

    rows: Stated = Stated(128, "", "rows and columns of an array", ISAAC)
    input_bits: Stated = Stated(8, "", "bits of an input, one a cycle", ASSUMED)
    activity: Stated = Stated(0.5, "", "share of input bits that are 1", ASSUMED)
    cycle_s: Stated = Stated(100e-9, "s", "cycle: one input bit read by all columns", ISAAC)
    read_V: Stated = Stated(0.1, "V", "voltage on a device while it is read", ASSUMED)
    conversion_J: Stated = Stated(
        16e-3 / 8 / 1.2e9, "J", "conversion of a column: 8 converters, 16 mW, 1.2 GS/s", ISAAC
    )
    converter_m2: Stated = Stated(0.0096e-6 / 8, "m²", "area of a converter", ISAAC)
    digital_J: Stated = Stated(
        0.23e-12, "J", "digital multiply-add of 8 bits (0.2 + 0.03 pJ), no memory", HOROWITZ
    )

    def stated(self) -> tuple[Stated, ...]:
        """Return all numbers."""
        return tuple(getattr(self, entry.name) for entry in fields(self))


@dataclass(frozen=True, slots=True)
class DeviceGeometry:
    """Length and width of a device's track, in m."""

    name: str
    length_m: float
    width_m: float
    source: str

    @property
    def area_m2(self) -> float:
        return self.length_m * self.width_m


MEASURED = DeviceGeometry(
    "DW-MTJ, measured", 3.6e-6, 0.35e-6, f"{SYNAPSE_PAPER}, Table 1 (5 levels)"
)
SCALED = DeviceGeometry("DW-MTJ, scaled", 1e-6, 50e-9, f"{SYNAPSE_PAPER}, Table 1 (> 32 levels)")


def length_of_levels_m(levels: int, feature_m: float = 15e-9) -> float:
    """Return the length of notches and junction: two feature sizes for each level.

    The synapse paper has 240 nm for 8 states at a feature size of 15 nm, notches 30 nm apart.
    """
    return levels * 2 * feature_m

"""What a bench shows of its instruments: identities, and one reading of each, as text."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from .reaching.touchdown import CHECK_CURRENT_A

if TYPE_CHECKING:
    from .bench import Bench

T = TypeVar("T")


def identities(bench: "Bench") -> dict[str, str]:
    """Ask every instrument for its `*IDN?`; raises BenchError if one is not that of its driver."""
    found = of_present(
        bench,
        {
            "pulse generator": lambda: bench.generator.identity.strip(),
            "magnet supply": lambda: bench.magnet.identity.strip(),
            "gaussmeter": lambda: bench.magnet.gaussmeter_identity.strip(),
            "resistance meter": lambda: bench.meter.identity.strip(),
            "current source": lambda: bench.meter.source_identity.strip(),
            "switch": lambda: bench.switch.identity.strip(),
            "temperature controller": lambda: bench.temperature_controller.identity.strip(),
            "prober": lambda: bench.prober.identity.strip(),
        },
    )
    bench.confirm_identities(found)
    return found


def read_once(bench: "Bench") -> dict[str, str]:
    """Read every instrument of a bench that is safe once, as text; see `Bench.read_once`."""
    if bench.has_switch:
        bench.switch.close(0, 0)
    bench.generator.check()
    bench.magnet.check()
    junction = "no errors" if bench.has_prober else _junction(bench)
    return of_present(
        bench,
        {
            "pulse generator": lambda: "no errors",
            "magnet supply": lambda: "no errors",
            "gaussmeter": lambda: f"{bench.magnet.read_field() * 1e3:.3f} mT",
            "resistance meter": lambda: junction,
            "current source": lambda: "no errors",
            "switch": lambda: f"{bench.switch.rows} × {bench.switch.columns} devices",
            "temperature controller": lambda: f"{bench.read_temperature_K():.3f} K",
            "prober": lambda: f"{bench.prober.position()}, separated",
        },
    )


def of_present(bench: "Bench", items: Mapping[str, Callable[[], T]]) -> dict[str, T]:
    """Return the items of the instruments that the bench has, by their names."""
    lacking = {
        "pulse generator": not bench.has_generator,
        "magnet supply": not bench.has_magnet,
        "gaussmeter": not bench.has_magnet or bench.file.gaussmeter is None,
        "current source": bench.file.current_source is None,
        "switch": not bench.has_switch,
        "temperature controller": not bench.has_temperature_controller,
        "prober": not bench.has_prober,
    }
    return {name: item() for name, item in items.items() if not lacking.get(name, False)}


def _junction(bench: "Bench") -> str:
    current_A = min(CHECK_CURRENT_A, bench.limits.read_current_A)
    try:
        bench.meter.arm(current_A)
        resistance_ohm = bench.meter.read().resistance_ohm
    finally:
        bench.make_safe()
    return f"{resistance_ohm:.2f} Ω at {current_A * 1e6:g} µA"

"""Cycle a device through write and reset overnight; say every cycle where its levels are.

Run it again after a power cut and it goes on where it was interrupted:

    python examples/overnight_cycling.py [BENCH_FILE] [CYCLES]
"""

import sys

from dwmtj.instruments import load_bench_file, open_bench
from dwmtj.protocols import run
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.running.run_events import Event, PointMeasured
from dwmtj.storage import Phase, Status, Store


def tell(event: Event) -> None:
    if isinstance(event, PointMeasured) and event.point.phase == Phase.BIAS:
        left_min = event.remaining_s / 60
        print(
            f"cycle {event.point.cycle}: {event.point.resistance_ohm:.2f} Ω, "
            f"{left_min:.1f} min to go"
        )


def main(bench: str = "virtual-trapezoid", cycles: str = "5") -> None:
    procedure = make_protocol("write-reset-cycling", {"cycles": cycles, "amplitude_step_V": 0.05})
    with open_bench(load_bench_file(bench)) as opened, Store.open("overnight.sqlite") as store:
        interrupted = [
            summary.id
            for status in (Status.INTERRUPTED, Status.ABORTED)
            for summary in store.runs(protocol=procedure.name, status=status)
        ]
        outcome = run(
            procedure,
            opened,
            store,
            listeners=[tell],
            resume=max(interrupted, default=None),
        )
        resistance = store.points(outcome.run_id).groupby("phase")["resistance_ohm"]
        print(resistance.agg(["min", "max", "count"]))


if __name__ == "__main__":
    main(*sys.argv[1:])

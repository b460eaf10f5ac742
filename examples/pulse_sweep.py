"""Sweep amplitude and width of a pulse over many devices: where does one pulse leave the wall?

What is computed is kept in sweep.sqlite, and never computed again:

    python examples/pulse_sweep.py
    python examples/pulse_sweep.py dask://localhost:8786
"""

import sys
from collections.abc import Callable, Mapping

from dwmtj.simulators.device import Device, load_device
from dwmtj.simulators.sweeps import Sweep, Task, grid, open_executor
from dwmtj.storage import Store


def after_one_pulse(
    _setup: None, task: Task, _advance: Callable[[int], None]
) -> Mapping[str, float]:
    settings = task.configuration
    devices = Device(load_device("trapezoid"), seed=task.seed or 0, count=settings["devices"])
    devices.drive(settings["amplitude_V"], settings["width_s"])
    resistance = devices.resistance_ohm()
    return {"mean_ohm": float(resistance.mean()), "std_ohm": float(resistance.std())}


def main(executor: str = "local") -> None:
    settings = grid(devices=[1000], width_s=[10e-9, 50e-9], amplitude_V=[2.9, 3.1, 3.3, 3.5, 3.7])
    tasks = [Task(f"{1e9 * s['width_s']:.0f} ns, {s['amplitude_V']} V", s, 1) for s in settings]
    with open_executor(executor, jobs=2) as workers, Store.open("sweep.sqlite") as store:
        sweep = Sweep("one-pulse", after_one_pulse, store, workers)
        print(f"{len(sweep.missing(tasks))} of {len(tasks)} to compute")
        for result in sweep.results(tasks):
            print(f"{result.name}: {result.data['mean_ohm']:.2f} ± {result.data['std_ohm']:.2f} Ω")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The sweep of `namespaces.py`: what pulses leave of many devices, and who computed it."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from dwmtj.simulators.device import Device, load_device
from dwmtj.simulators.sweeps import Sweep, Task, open_executor
from dwmtj.storage import Store

KIND = "namespaces"
DEVICES, PULSES = 2000, 200


def namespace() -> str:
    """Return the network namespace of this process."""
    return str(Path("/proc/self/ns/net").readlink())


def tasks_of(count: int) -> list[Task]:
    return [Task(f"seed {seed}", {"devices": DEVICES}, seed, PULSES) for seed in range(count)]


def after_pulses(
    _setup: None, task: Task, advance: Callable[[int], None]
) -> Mapping[str, float | str]:
    """Fire pulses of 3.3 V; the resistance follows from the seed, the namespace from the worker."""
    devices = Device(load_device("trapezoid"), task.seed or 0, task.configuration["devices"])
    for _ in range(PULSES):
        devices.drive(3.3, 50e-9)
        advance(1)
    return {"mean_ohm": float(devices.resistance_ohm().mean()), "namespace": namespace()}


def main(address: str, database: str, count: str) -> None:
    """Sweep from this namespace, and store what is computed."""
    with open_executor(f"dask://{address}") as workers, Store.open(database) as store:
        Sweep(KIND, after_pulses, store, workers).results(tasks_of(int(count)))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A bench with a switch: one device at a time, never switched hot, open when it is safe."""

import pytest

from dwmtj.instruments import (
    Bench,
    BenchError,
    BenchFile,
    OpenJunctionError,
    PulseShape,
    load_bench_file,
    open_bench,
)
from dwmtj.simulators.bench import Lab, forget_labs

SHAPE = PulseShape(width_s=50e-9, rise_s=10e-9, fall_s=10e-9)


@pytest.fixture
def bench_file() -> BenchFile:
    forget_labs()
    return load_bench_file("virtual-array")


def test_the_device_that_is_connected_is_read_and_written_alone(bench: Bench, lab: Lab) -> None:
    bench.switch.close(127, 19)
    bench.meter.arm(20e-6)
    bench.generator.arm(SHAPE)
    before_ohm = bench.meter.read().resistance_ohm
    for _ in range(5):
        bench.generator.fire(5.4)
    assert bench.meter.read().resistance_ohm < before_ohm - 10
    assert lab.device.site[-1] > 0
    assert not lab.device.site[:-1].any()


def test_an_open_junction_is_distinguished_from_other_faults(bench: Bench) -> None:
    bench.meter.arm(20e-6)
    with pytest.raises(OpenJunctionError, match="junction is open"):
        bench.meter.read()


@pytest.mark.parametrize("source", ["generator", "meter"])
def test_nothing_is_switched_hot(source: str, bench: Bench) -> None:
    bench.switch.close(0, 0)
    if source == "generator":
        bench.generator.arm(SHAPE)
    else:
        bench.meter.arm(20e-6)
    with pytest.raises(BenchError, match="must not be moved while the"):
        bench.switch.close(0, 1)
    with pytest.raises(BenchError, match="must not be moved while the"):
        bench.switch.open()
    getattr(bench, source).make_safe()
    bench.switch.close(0, 1)


def test_the_safe_state_switches_sources_off_before_the_switch_opens(
    bench: Bench, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.switch.close(3, 3)
    bench.meter.arm(20e-6)
    bench.generator.arm(SHAPE)
    meter, switch = (lab.instruments[f"GPIB0::{number}::INSTR"] for number in (24, 16))
    was_on: list[bool] = []

    def noted(closed: frozenset[int]) -> None:
        was_on.append(meter.core.output)

    monkeypatch.setattr(lab.circuit, "switch", noted)
    bench.make_safe()
    assert was_on == [False]
    assert switch.execute(":ROUT:MULT:CLOS?") == "(@)"


def test_a_bench_check_reads_the_first_device_and_leaves_all_open(bench: Bench, lab: Lab) -> None:
    read = bench.read_once()
    assert read["switch"] == "128 × 20 devices"
    assert read["resistance meter"].startswith("106")
    assert lab.instruments["GPIB0::16::INSTR"].execute(":ROUT:MULT:CLOS?") == "(@)"
    assert "MODEL 2750" in bench.snapshot()["identities"]["switch"]
    assert bench.snapshot()["switch"]["column_channels"] == "501:520"


def test_a_bench_without_a_switch_says_so() -> None:
    with (
        open_bench(load_bench_file("virtual-straight")) as bench,
        pytest.raises(BenchError, match="has no switch, so it reaches one device only"),
    ):
        bench.switch.close(0, 0)


def test_another_instrument_at_the_switch_s_address_is_named(bench_file: BenchFile) -> None:
    assert bench_file.switch is not None
    section = bench_file.switch.model_copy(update={"address": "GPIB0::24::INSTR"})
    with pytest.raises(BenchError, match=r"'KEITHLEY.*2400.*which is no Keithley2750"):
        open_bench(bench_file.model_copy(update={"switch": section}))

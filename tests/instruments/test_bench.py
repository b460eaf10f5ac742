"""A bench opens completely or not at all, and is made safe even when an instrument is dead."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import pyvisa

from dwmtj.instruments import (
    Bench,
    BenchError,
    BenchFile,
    PulseShape,
    built_in_benches,
    load_bench_file,
    open_bench,
)
from dwmtj.instruments.adapters.pulses.keysight81160a import Keysight81160APulseGenerator
from dwmtj.instruments.guard.safe_state import Stage
from dwmtj.instruments.interrupts import Interrupts
from dwmtj.simulators.bench.models.keysight_81160a.channel import Channel

SHAPE = PulseShape(width_s=50e-9, rise_s=10e-9, fall_s=10e-9)


def with_address(bench_file: BenchFile, role: str, address: str) -> BenchFile:
    section = getattr(bench_file, role).model_copy(update={"address": address})
    return bench_file.model_copy(update={role: section})


@pytest.fixture
def heeds_ctrl_c() -> Iterator[None]:
    """What a shell starts in the background ignores SIGINT, these tests too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("role", ["pulse_generator", "magnet", "resistance_meter"])
def test_an_address_where_nothing_is_gets_one_sentence(
    role: str, virtual: Callable[..., BenchFile]
) -> None:
    with pytest.raises(BenchError, match=r"Nothing answers at GPIB0::3::INSTR .*bench file\.$"):
        open_bench(with_address(virtual(), role, "GPIB0::3::INSTR"))


@pytest.mark.parametrize("role", ["pulse_generator", "resistance_meter"])
def test_another_instrument_at_the_address_is_named(
    role: str, virtual: Callable[..., BenchFile]
) -> None:
    with pytest.raises(
        BenchError, match=r"GPIB0::6::INSTR identifies itself as 'KEPCO.*which is no Ke"
    ):
        open_bench(with_address(virtual(), role, "GPIB0::6::INSTR"))


def test_an_instrument_with_other_line_ends_is_named_without_a_warning(tmp_path: Path) -> None:
    text = built_in_benches()["virtual-trapezoid"].read_text(encoding="utf-8")
    path = tmp_path / "bench.toml"
    path.write_text(text.replace('"KepcoBOP3612"', '"AMI430"\nrated_A = 5.0'), encoding="utf-8")
    with pytest.raises(BenchError, match=r"'KEPCO.*which is no AMI430"):
        open_bench(load_bench_file(path))


@pytest.mark.parametrize("library", ["@nowhere", "no-such-lab@dwmtj", "/no/such/library.so"])
def test_a_visa_library_that_is_not_there_gets_one_sentence(
    library: str, virtual: Callable[..., BenchFile]
) -> None:
    bench_file = virtual().model_copy(update={"visa_library": library})
    with pytest.raises(BenchError, match=r"VISA library .* cannot be opened"):
        open_bench(bench_file)


def switched_on(bench_file: BenchFile) -> Bench:
    bench = open_bench(bench_file)
    bench.magnet.set_field(0.05)
    bench.generator.arm(SHAPE)
    bench.meter.arm(100e-6)
    return bench


def outputs(bench_file: BenchFile) -> list[str]:
    manager = pyvisa.ResourceManager(bench_file.visa_library)
    replies = []
    sections = bench_file.instruments()
    for name in ("pulse generator", "resistance meter", "magnet supply"):
        _, section = sections[name]
        with manager.open_resource(section.address, read_termination="\n") as instrument:
            assert isinstance(instrument, pyvisa.resources.MessageBasedResource)
            replies.append(instrument.query("OUTP?").strip())
    return replies


def test_an_instrument_whose_connection_is_lost_is_made_safe_over_another_one(
    virtual: Callable[..., BenchFile], caplog: pytest.LogCaptureFixture
) -> None:
    bench_file = virtual()
    bench = switched_on(bench_file)
    generator = bench.generator.inner
    assert isinstance(generator, Keysight81160APulseGenerator)
    generator._driver.adapter.close()
    bench.make_safe()
    assert outputs(bench_file) == ["0", "0", "0"]
    assert "The pulse generator (81160A) does not answer" in caplog.text
    assert "It was made safe at the second try." in caplog.text


def test_a_dead_instrument_is_named_and_keeps_no_other_on(
    virtual: Callable[..., BenchFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench_file = virtual()
    bench = switched_on(bench_file)
    seen: list[tuple[str, Stage]] = []

    def observe(name: str, stage: Stage, problem: str) -> None:
        seen.append((name, stage))
        assert not problem, "an observer that fails changes nothing"

    bench.safe_state_observer = observe
    monkeypatch.setattr(Channel, "program", lambda *_: None)  # it obeys no more
    with pytest.raises(BenchError, match=r"switch it off by hand: The pulse generator .* may be"):
        bench.make_safe()
    assert outputs(bench_file) == ["1", "0", "0"]
    started_and_failed = (Stage.STARTED, Stage.FAILED, Stage.RETRIED, Stage.FAILED)
    assert [stage for name, stage in seen if name == "pulse generator"] == [*started_and_failed]
    for name in ("resistance meter", "magnet supply"):
        assert [stage for other, stage in seen if other == name] == [Stage.STARTED, Stage.SAFE]


@pytest.mark.usefixtures("heeds_ctrl_c")
def test_a_hanging_instrument_keeps_no_other_on_and_a_third_signal_skips_it(
    virtual: Callable[..., BenchFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench_file = virtual()
    bench = open_bench(bench_file)
    bench.magnet.set_field(0.02)
    bench.meter.arm(100e-6)
    hung = threading.Event()
    monkeypatch.setattr(bench.generator.inner, "make_safe", hung.wait)

    def skip() -> None:
        while outputs(bench_file)[1:] != ["0", "0"]:
            time.sleep(0.05)
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.2)

    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts:
        interrupts.hold()
        signalling = threading.Thread(target=skip)
        signalling.start()
        with pytest.raises(BenchError, match="The pulse generator has not answered for"):
            bench.make_safe()
        signalling.join()
        hung.set()


def test_a_closed_bench_is_safe_and_takes_no_set_points_from_another_thread(
    virtual: Callable[..., BenchFile],
) -> None:
    bench_file = virtual()
    bench = open_bench(bench_file)
    bench.generator.arm(SHAPE)
    bench.close()
    for set_something in (
        lambda: bench.generator.arm(SHAPE),
        lambda: bench.generator.fire(2.0),
        lambda: bench.meter.arm(1e-4),
        lambda: bench.magnet.set_field(0.01),
    ):
        with pytest.raises(BenchError, match="bench is closed"):
            set_something()
    bench.make_safe()  # as a run that ends in another thread does
    assert outputs(bench_file) == ["0", "0", "0"]


def test_what_is_not_ours_is_left_as_it_was(virtual: Callable[..., BenchFile]) -> None:
    """The generator's other channel and the meter's terminals belong to somebody else."""
    bench_file = virtual()
    assert bench_file.pulse_generator is not None
    manager = pyvisa.ResourceManager(bench_file.visa_library)
    with (
        manager.open_resource(bench_file.pulse_generator.address) as generator,
        manager.open_resource(bench_file.resistance_meter.address) as meter,
    ):
        assert isinstance(generator, pyvisa.resources.MessageBasedResource)
        assert isinstance(meter, pyvisa.resources.MessageBasedResource)
        generator.write(":FREQ2 3E6;:VOLT2 2.5;:OUTP2 ON;:NONSENSE 1")  # and an error in the queue
        meter.write(":ROUT:TERM REAR")
        with open_bench(bench_file) as bench:
            bench.generator.check()
            bench.generator.arm(SHAPE)
            bench.meter.arm(1e-4)
        other = generator.query(":OUTP2?;:FREQ2?;:VOLT2?").split(";")
        assert [float(value) for value in other] == [1, 3e6, 2.5]
        assert meter.query(":ROUT:TERM?").strip() == "REAR"


def test_closing_one_bench_leaves_another_on_the_same_library_open(
    virtual: Callable[..., BenchFile],
) -> None:
    bench_file = virtual()
    first, second = open_bench(bench_file), open_bench(bench_file)
    first.close()
    assert second.magnet.identity
    second.close()


def test_the_snapshot_holds_what_a_run_must_remember(virtual: Callable[..., BenchFile]) -> None:
    with open_bench(virtual()) as bench:
        snapshot = bench.snapshot()
    assert "81160A" in snapshot["identities"]["pulse generator"]
    assert snapshot["limits"]["pulse_amplitude_V"] == 6.0
    assert snapshot["pulse_generator"]["amplifier_gain"] == 2.0
    assert snapshot["device"]["name"] == "virtual-trapezoid"


def test_a_supply_found_at_field_is_made_safe_although_the_gaussmeter_is_missing(
    virtual: Callable[..., BenchFile],
) -> None:
    bench_file = virtual()
    left_on = open_bench(bench_file)
    left_on.magnet.set_field(0.05)
    assert bench_file.magnet is not None
    assert bench_file.gaussmeter is not None
    lost = bench_file.gaussmeter.model_copy(update={"address": "ASRL9::INSTR"})
    broken = bench_file.model_copy(
        update={"magnet": bench_file.magnet.model_copy(update={"gaussmeter": lost})}
    )
    with pytest.raises(BenchError, match="ASRL9"):
        open_bench(broken)
    assert abs(left_on.magnet.read_field()) < 1e-3


@pytest.mark.usefixtures("heeds_ctrl_c")
def test_ctrl_c_in_the_safe_state_makes_every_instrument_safe_before_it_is_raised(
    virtual: Callable[..., BenchFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = switched_on(virtual())
    sleep, slept = bench.clock.sleep, []

    def interrupting_sleep(duration_s: float) -> None:
        slept.append(duration_s)
        if len(slept) == 3:
            os.kill(os.getpid(), signal.SIGINT)
        sleep(duration_s)

    monkeypatch.setattr(bench.clock, "sleep", interrupting_sleep)
    with pytest.raises(KeyboardInterrupt):
        bench.make_safe()
    assert len(slept) > 3
    assert abs(bench.magnet.read_field()) < 1e-3


@pytest.mark.usefixtures("heeds_ctrl_c")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_a_bench_is_open_goes_by_the_safe_state(
    number: signal.Signals, virtual: Callable[..., BenchFile]
) -> None:
    bench_file = virtual()
    with (
        pytest.raises(KeyboardInterrupt if number is signal.SIGINT else SystemExit),
        open_bench(bench_file) as bench,
    ):
        bench.magnet.set_field(0.05)
        signal.raise_signal(number)
    with open_bench(bench_file) as again:
        assert abs(again.magnet.read_field()) < 1e-3

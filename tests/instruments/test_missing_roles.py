"""A bench may lack the magnet and the pulse generator; what needs them is refused beforehand."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dwmtj.instruments import BenchError, BenchFile, PulseShape, built_in_benches, open_bench
from dwmtj.instruments.bench_file import parse_bench_file
from dwmtj.instruments.guard.planning import plan_of
from dwmtj.protocols import make_protocol, run
from dwmtj.protocols.dry_run import check_against_limits, dry_run
from dwmtj.storage import Store

NO_MAGNET = r"^The bench virtual-trapezoid has no magnet, and this needs a field: .*\.$"
NO_GENERATOR = r"^The bench virtual-trapezoid has no pulse generator, and this needs pulses: .*\.$"


@pytest.fixture
def meter_alone(virtual: Callable[..., BenchFile]) -> BenchFile:
    return virtual().model_copy(update={"magnet": None, "pulse_generator": None})


def test_the_sections_of_magnet_and_generator_may_be_left_out_of_a_bench_file() -> None:
    text = built_in_benches()["virtual-trapezoid"].read_text()
    start, end = text.index("[pulse_generator]"), text.index("[resistance_meter]")
    bench_file = parse_bench_file(text[:start] + text[end:], "bench.toml")
    assert list(bench_file.instruments()) == ["resistance meter"]
    assert [plan.name for plan in plan_of(bench_file).instruments] == ["resistance meter"]


def test_a_current_sweep_needs_the_meter_alone_and_records_no_field(
    meter_alone: BenchFile, tmp_path: Path
) -> None:
    sweep = make_protocol("iv", {"bias_field_T": 0.0})
    assert dry_run(sweep, meter_alone).points == sweep.points_per_cycle()
    with open_bench(meter_alone) as bench, Store.open(tmp_path / "runs.sqlite") as store:
        assert list(bench.identities()) == list(bench.read_once()) == ["resistance meter"]
        result = run(sweep, bench, store)
        points = store.points(result.run_id)
    assert len(points) == sweep.points_per_cycle()
    assert points["field_T"].isna().all()
    assert points["resistance_ohm"].between(50, 250).all()


@pytest.mark.parametrize(
    ("protocol", "parameters", "reason"),
    [
        ("iv", {}, NO_MAGNET),
        ("minor-loop", {}, NO_MAGNET),
        (
            "staircase-write",
            {"saturation_field_T": 0.0, "bias_field_T": 0.0},
            NO_GENERATOR,
        ),
    ],
)
def test_what_the_bench_lacks_is_named_before_anything_is_touched(
    protocol: str, parameters: dict[str, float | str], reason: str, meter_alone: BenchFile
) -> None:
    procedure = make_protocol(protocol, parameters)
    with pytest.raises(BenchError, match=reason):
        check_against_limits(procedure, meter_alone)
    with open_bench(meter_alone) as bench, pytest.raises(BenchError, match=reason):
        procedure.check(bench)


def test_a_field_or_a_pulse_without_a_check_is_refused_too(meter_alone: BenchFile) -> None:
    with open_bench(meter_alone) as bench:
        for field_T in (0.01, 0.0):
            with pytest.raises(BenchError, match=NO_MAGNET):
                bench.magnet.set_field(field_T)
        with pytest.raises(BenchError, match=NO_MAGNET):
            bench.magnet.read_field()
        with pytest.raises(BenchError, match=NO_GENERATOR):
            bench.generator.arm(PulseShape(50e-9, 10e-9, 10e-9))
        with pytest.raises(BenchError, match=NO_GENERATOR):
            bench.generator.fire(1.0)
        bench.make_safe()

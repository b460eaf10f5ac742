"""The role of the prober: the chuck moves without voltage, and is separated in the safe state."""

from collections.abc import Callable

import pytest

from dwmtj.instruments import Bench, BenchError, BenchFile, ContactError, WaferSite, open_bench
from dwmtj.instruments.guard import by_hand
from dwmtj.instruments.guard.planning import plan_of
from dwmtj.simulators.bench import Lab
from dwmtj.simulators.bench.circuit.wafer import WaferDevices
from dwmtj.simulators.bench.models.mpi_sentio import MPISentio
from dwmtj.wafer_map import Die

HERE = WaferSite(1, -2, 3)


@pytest.fixture
def bench_file(virtual: Callable[..., BenchFile]) -> BenchFile:
    return virtual("wafer")


def chuck(lab: Lab) -> MPISentio:
    core = next(i.core for i in lab.instruments.values() if i.model.name == "SENTIO")
    assert isinstance(core, MPISentio)
    return core


def wafer(lab: Lab) -> WaferDevices:
    assert isinstance(lab.circuit.device, WaferDevices)
    return lab.circuit.device


def without_contact(lab: Lab) -> WaferSite:
    """Return a site of the wafer that no touchdown connects."""
    devices = wafer(lab)
    places = [(die, site) for die in devices.dies for site in range(devices.section.sites)]
    die, site = next(place for place in places if not devices.has_contact(place))
    return WaferSite(die.column, die.row, site)


def test_a_touchdown_reads_the_device_at_the_site_it_was_sent_to(bench: Bench, lab: Lab) -> None:
    for site in (HERE, WaferSite(-3, 1, 0)):
        read_ohm = bench.touch(site)
        truth = wafer(lab).device((Die(site.column, site.row), site.site))
        assert read_ohm == pytest.approx(truth.resistance_ohm()[0], rel=5e-3)
        assert bench.prober.position() == site
        assert not bench.prober.separated
        assert not bench.meter.armed


def test_the_safe_state_separates_the_chuck_and_may_be_reached_twice(
    bench: Bench, lab: Lab
) -> None:
    bench.touch(HERE)
    for _ in range(2):
        bench.make_safe()
        assert bench.prober.separated
        assert wafer(lab).connected is None


def test_the_chuck_does_not_move_while_a_source_is_on(bench: Bench, lab: Lab) -> None:
    bench.touch(HERE)
    bench.meter.arm(10e-6)
    moves: list[Callable[[], None]] = [
        lambda: bench.prober.move_to(WaferSite(0, 0)),
        bench.prober.contact,
        bench.prober.separate,
    ]
    for move in moves:
        with pytest.raises(BenchError, match="must not be moved while the resistance meter is on"):
            move()
    assert chuck(lab).die == Die(1, -2)
    bench.touch(WaferSite(0, 0))  # makes safe first
    assert chuck(lab).die == Die(0, 0)


def test_sources_are_off_before_the_chuck_separates(
    bench: Bench, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    armed: list[bool] = []
    separate = bench.prober.inner.make_safe

    def watched() -> None:
        armed.append(bench.meter.armed or bench.generator.armed)
        separate()

    monkeypatch.setattr(bench.prober.inner, "make_safe", watched)
    bench.touch(HERE)
    bench.meter.arm(10e-6)
    bench.make_safe()
    assert armed == [False, False]
    assert not wafer(lab).device((Die(1, -2), 3)).broken[0]


def test_a_device_without_contact_is_touched_again_named_and_left(
    bench: Bench, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = without_contact(lab)
    touched: list[WaferSite] = []
    contact = bench.prober.inner.contact

    def counted() -> None:
        touched.append(site)
        contact()

    monkeypatch.setattr(bench.prober.inner, "contact", counted)
    with bench.measuring("W1/A"), pytest.raises(ContactError, match=r"^W1/A at die .* limit"):
        bench.touch(site)
    assert touched == [site, site]
    assert bench.prober.separated


def test_a_prober_that_loses_its_vacuum_is_an_error_and_no_missing_contact(
    bench: Bench, lab: Lab
) -> None:
    chuck(lab).vacuum = False
    with pytest.raises(BenchError, match="has no vacuum") as raised:
        bench.touch(HERE)
    assert not isinstance(raised.value, ContactError)
    assert bench.prober.separated


def test_the_guard_separates_after_the_sources_and_reads_it_back(
    bench_file: BenchFile, lab: Lab
) -> None:
    plan = next(p for p in plan_of(bench_file).instruments if p.name == "prober")
    assert plan.after == ("pulse generator", "resistance meter", "current source")
    core = chuck(lab)
    core.step(1, 1)
    core.contact()
    outcomes = {each.instrument: each for each in by_hand.make_safe(bench_file)}
    assert str(outcomes["prober"]) == "prober separated"
    assert core.separate() == f"0,0,{core.height_um:.1f}"


def test_a_chuck_that_stays_in_contact_is_reported_by_the_guard(
    bench_file: BenchFile, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = chuck(lab)
    core.step(1, 1)
    monkeypatch.setattr(MPISentio, "_rise_to", lambda _self, _height_um: None)
    core.height_um = 12_000.0
    outcome = next(o for o in by_hand.make_safe(bench_file) if o.instrument == "prober")
    assert (
        outcome.state == "NOT safe: it replies 12000 to get_chuck_z Z after move_chuck_separation"
    )


def test_a_bench_without_a_prober_says_so(virtual: Callable[..., BenchFile]) -> None:
    with open_bench(virtual()) as bench, pytest.raises(BenchError, match=r"section \[prober\]"):
        bench.touch(HERE)

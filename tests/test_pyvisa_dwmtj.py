"""The back end `@dwmtj` finds the models of its digital twins in the database it is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import pyvisa

from dwmtj.analysis.state_model.file import model_document
from dwmtj.analysis.state_model.model import LevelState, Prior, Pulses, Quantity, Source, StateModel
from dwmtj.instruments import BenchError, load_bench_file, open_bench
from dwmtj.lab_address import LabAddress
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.running.runner import run
from dwmtj.simulators.bench import forget_labs
from dwmtj.storage import Store


@pytest.fixture(autouse=True)
def fresh_labs() -> Iterator[None]:
    forget_labs()
    yield
    forget_labs()


def a_model(saturated_ohm: float) -> StateModel:
    source = Source((1,), "lab.sqlite", "0.1.0", "2025-03-01T22:15:00+00:00", "counted", "ladders")
    levels = tuple(
        LevelState(Quantity(mean), Quantity(0.0), 0.0, None, 4)
        for mean in (saturated_ohm, saturated_ohm / 2)
    )
    counts = (((0, 5), (0, 5)),)
    pulses = Pulses("positive", 5e-8, None, None, None, (1.0,), counts, source)
    return StateModel("m", 1, ("d",), levels, source, (pulses,), Prior(), 0.05, 0, None)


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> dict[float, Path]:
    """Two databases, each with a model `m`, by the resistance of its saturated level."""
    forget_labs()  # another test may have left a broken junction
    folder = tmp_path_factory.mktemp("databases")
    bench_file = load_bench_file("virtual-trapezoid")
    paths = {}
    for saturated_ohm in (300.0, 700.0):
        paths[saturated_ohm] = folder / f"{saturated_ohm:g} ohm.sqlite"
        with Store.open(paths[saturated_ohm]) as store, open_bench(bench_file) as bench:
            number = run(make_protocol("saturate"), bench, store).run_id
            document = model_document(a_model(saturated_ohm))
            store.add_calibration("m", bench.device_name, [number], document)
    return paths


def read_ohm(address: LabAddress) -> float:
    """Read the junction of a lab through PyVISA alone."""
    manager = pyvisa.ResourceManager(address.library)
    meter = manager.open_resource("GPIB0::24::INSTR")
    assert isinstance(meter, pyvisa.resources.MessageBasedResource)
    meter.write(":SYST:RSEN ON;:SOUR:FUNC CURR;:SOUR:CURR 100E-6;:SENS:VOLT:PROT 0.5")
    meter.write(":SENS:FUNC 'VOLT','RES';:SENS:RES:MODE MAN;:FORM:ELEM RES;:OUTP ON")
    return float(meter.query(":READ?"))


def test_a_model_is_that_of_the_database_in_the_address(databases: dict[float, Path]) -> None:
    for saturated_ohm in (300.0, 700.0, 300.0):
        address = LabAddress("model:m").with_options(database=databases[saturated_ohm])
        assert read_ohm(address) == pytest.approx(saturated_ohm, rel=0.01)


def test_a_model_is_that_of_the_database_in_the_environment(
    databases: dict[float, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for saturated_ohm in (300.0, 700.0, 300.0):
        monkeypatch.setenv("DWMTJ_DATABASE", str(databases[saturated_ohm]))
        assert read_ohm(LabAddress("model:m")) == pytest.approx(saturated_ohm, rel=0.01)


def test_the_address_comes_before_the_environment_which_has_the_rest(
    databases: dict[float, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DWMTJ_DATABASE", str(databases[300.0]))
    named = LabAddress("model:m").with_options(database=databases[700.0])
    assert read_ohm(named) == pytest.approx(700.0, rel=0.01)
    missing = LabAddress("model:m").with_options(database=tmp_path / "none.sqlite")
    assert read_ohm(missing) == pytest.approx(300.0, rel=0.01)


def test_a_bench_on_a_model_that_no_database_has_is_refused(
    databases: dict[float, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DWMTJ_DATABASE", str(databases[300.0]))
    bench_file = load_bench_file("virtual-trapezoid").model_copy(
        update={"visa_library": "model:other@dwmtj"}
    )
    with pytest.raises(BenchError, match=r"cannot be opened \(.*other"):
        open_bench(bench_file)

"""`dwmtj serve`: the bench file it prints, the record it keeps."""

import json
import re
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from dwmtj.cli.serve.bench_file import bench_file_text
from dwmtj.instruments import load_bench_file, open_bench
from dwmtj.instruments.bench_file import parse_bench_file
from dwmtj.simulators.bench import LabServer, open_lab
from dwmtj.tests.command_line import started, wait_until
from dwmtj.tests.instruments.other_benches import OTHER_BENCHES, other_bench
from dwmtj.tests.virtual_lab import lab_of


@pytest.mark.parametrize("name", ["trapezoid", "array"])
def test_the_bench_file_of_a_served_lab_describes_it(name: str) -> None:
    lab = open_lab(f"{name}?name=bench-file")
    with LabServer(lab, first_port=0) as server:
        bench = parse_bench_file(bench_file_text(lab, server.addresses), "printed")
        assert bench.visa_library == "@py"
        assert bench.pulse_generator is not None
        assert bench.magnet is not None
        assert bench.pulse_generator.address == server.addresses["81160A"]
        assert bench.pulse_generator.amplifier_gain == lab.circuit.amplifier_gain
        assert bench.resistance_meter.address == server.addresses["2400"]
        assert bench.magnet.address == server.addresses["BOP 36-12"]
        assert (bench.switch is not None) == (name == "array")


def test_a_field_is_reached_and_trimmed_over_sockets_at_full_speed() -> None:
    lab = open_lab("trapezoid?seed=5&name=full-speed&real_time=0")
    with LabServer(lab, first_port=0) as server:
        text = bench_file_text(lab, server.addresses).replace("_per_s = 0.1", "_per_s = 0.5")
        with open_bench(parse_bench_file(text, "printed")) as bench:
            for field_T in (0.03, -0.03):
                assert bench.magnet.set_field(field_T) == pytest.approx(field_T, abs=1e-4)


def test_a_supply_whose_lines_end_with_a_carriage_return_is_served(tmp_path: Path) -> None:
    lab = lab_of(other_bench("Danfysik 8500", tmp_path))
    with LabServer(lab, first_port=0) as server:
        with open_bench(
            parse_bench_file(bench_file_text(lab, server.addresses), "printed")
        ) as bench:
            assert bench.magnet.set_field(0.01) == pytest.approx(0.01, abs=1e-4)
        assert int(lab.instruments["ASRL6::INSTR"].execute("S1H") or "0", 16) & 1 << 23


def test_a_lab_with_a_source_meter_alone_has_a_bench_file_without_the_other_roles() -> None:
    lab = open_lab("trapezoid")
    address = "TCPIP::127.0.0.1::1::SOCKET"
    bench = parse_bench_file(bench_file_text(lab, {"2400": address}), "printed")
    assert list(bench.instruments()) == ["resistance meter"]
    assert bench_file_text(lab, {"BOP 36-12": address, "425": address}) == ""


@pytest.mark.parametrize("name", [*OTHER_BENCHES, "wafer"])
def test_the_bench_file_names_every_served_instrument(name: str, tmp_path: Path) -> None:
    if name == "wafer":
        lab = open_lab("wafer?name=bench-file")
    else:
        lab = lab_of(other_bench(name, tmp_path))
    with LabServer(lab, first_port=0) as server:
        bench = parse_bench_file(bench_file_text(lab, server.addresses), "printed")
        served = {section.address for _, section in bench.instruments().values()}
        assert served == set(server.addresses.values())


def test_a_file_that_exists_is_kept(tmp_path: Path, refused: Callable[..., str]) -> None:
    (tmp_path / "mine.toml").write_text("mine")
    for option in ("--bench-file", "--record"):
        assert "mine.toml already exists" in refused(tmp_path, "serve", option, "mine.toml")
    assert (tmp_path / "mine.toml").read_text() == "mine"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
def test_a_served_lab_records_the_largest_values_until_it_is_stopped(tmp_path: Path) -> None:
    record = tmp_path / "largest.json"

    def largest() -> dict[str, float]:
        return json.loads(record.read_text()) if record.exists() else {}

    files = ("--bench-file", "served.toml", "--record", "largest.json")
    with started(tmp_path, "serve", "--port", "0", *files) as served:
        wait_until((tmp_path / "served.toml").exists, served)
        bench = load_bench_file(tmp_path / "served.toml")
        assert bench.magnet is not None
        port = int(re.findall(r"::(\d+)::", bench.magnet.address)[0])
        with socket.create_connection(("127.0.0.1", port), timeout=30.0) as supply:
            supply.sendall(b"FUNC:MODE CURR;:OUTP 1;:CURR -3;:CURR 1\n")
            wait_until(lambda: largest().get("coil_current_A", 0.0) > 0.9, served)
        served.send_signal(signal.SIGTERM)
        assert served.wait(60.0) == 0
    assert largest()["supply_current_set_A"] == 3.0
    assert largest()["coil_current_A"] < 1.1

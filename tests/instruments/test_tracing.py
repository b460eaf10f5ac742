"""What a trace holds, what it survives, and what is left when it ends."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
import pyvisa
from pyvisa.resources import MessageBasedResource

from dwmtj.instruments import BenchError, BenchFile, open_bench
from dwmtj.instruments.tracing import Event, TraceError, read_trace, step, summarise, trace_to
from dwmtj.instruments.tracing.visa import LONGEST_TEXT, OPERATIONS
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.running.runner import run
from dwmtj.simulators.bench import LabServer, VirtualBenchLibrary, open_lab
from dwmtj.storage import Status, Store

SHORT = {"amplitude_start_V": 1.0, "amplitude_stop_V": 3.0, "amplitude_step_V": 1.0}
DEV_FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "trace.jsonl"


@pytest.fixture
def generator(virtual: Callable[..., BenchFile]) -> Iterator[MessageBasedResource]:
    manager = pyvisa.ResourceManager(virtual().visa_library)
    resource = cast("MessageBasedResource", manager.open_resource("GPIB0::10::INSTR"))
    yield resource
    resource.close()


def exchanges(file: Path) -> list[Event]:
    return [event for event in read_trace(file) if event.instrument]


def sent_through(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every message that reaches the virtual library, noted below the trace."""
    sent: list[bytes] = []
    write = VirtualBenchLibrary.write

    def noting(library: VirtualBenchLibrary, session: object, data: bytes) -> object:
        sent.append(bytes(data))
        return write(library, session, data)  # type: ignore[arg-type]

    monkeypatch.setattr(VirtualBenchLibrary, "write", noting)
    return sent


def test_every_message_of_a_run_is_in_its_trace_byte_for_byte_and_in_order(
    virtual: Callable[..., BenchFile], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = sent_through(monkeypatch)
    with trace_to(file), open_bench(virtual()) as bench, Store.open(file.parent / "a.db") as store:
        run(make_protocol("staircase-write", SHORT), bench, store)
    events = exchanges(file)
    written = [event.text.encode("latin-1") for event in events if event.operation == "write"]
    assert written == sent
    assert not any(event.failed for event in events)
    assert {event.instrument for event in events} == {
        "GPIB0::10::INSTR",
        "GPIB0::24::INSTR",
        "GPIB0::6::INSTR",
        "ASRL1::INSTR",
    }
    begun = [event.at_s for event in events]
    assert begun == sorted(begun)


def test_an_exchange_names_the_run_the_point_and_the_steps_it_belongs_to(
    virtual: Callable[..., BenchFile], file: Path
) -> None:
    with open_bench(virtual()) as bench, Store.open(file.parent / "a.db") as store, trace_to(file):
        run(make_protocol("staircase-write", SHORT), bench, store)
        points = store.points(1)
    trace = read_trace(file)
    fired = [event for event in trace if event.operation == "write" and "*TRG" in event.text]
    assert [event.step for event in fired] == [f"run 1/point {n}/fire" for n in (2, 3, 4)]
    ended = {event.step: event for event in trace if event.operation == "end"}
    for number, point in points.iterrows():
        assert ended[f"run 1/point {number}"].result["resistance_ohm"] == point["resistance_ohm"]
    begun = {event.step: event for event in trace if event.operation == "begin"}
    assert begun["run 1/point 3/fire"].arguments == {"amplitude_V": 2.0}
    assert ended["run 1"].result == "finished, 5 points"
    assert trace.unreadable == 0


def test_a_session_opened_before_the_trace_is_traced_and_nothing_is_left_wrapped_after_it(
    generator: MessageBasedResource, file: Path
) -> None:
    untouched = dict(vars(generator.visalib))
    with trace_to(file):
        generator.query("*IDN?")
    assert not set(OPERATIONS) & vars(generator.visalib).keys()
    assert vars(generator.visalib).keys() == untouched.keys()
    generator.query("*IDN?")
    operations = [(event.instrument, event.operation) for event in exchanges(file)]
    assert operations == [("GPIB0::10::INSTR", "write"), ("GPIB0::10::INSTR", "read")]


def test_a_failed_exchange_is_traced_with_its_visa_status(
    generator: MessageBasedResource, file: Path
) -> None:
    with trace_to(file), pytest.raises(pyvisa.VisaIOError):
        generator.read()
    (failed,) = exchanges(file)
    assert failed.failed
    assert failed.outcome.startswith("VI_ERROR_TMO: ")


def test_triggers_polls_locks_and_time_outs_are_traced(
    generator: MessageBasedResource, file: Path
) -> None:
    with trace_to(file):
        generator.timeout = 500
        with generator.lock_context():
            generator.assert_trigger()
        generator.read_stb()
        generator.clear()
    events = exchanges(file)
    assert [event.operation for event in events] == [
        "set_attribute",
        "lock",
        "assert_trigger",
        "unlock",
        "read_stb",
        "clear",
    ]
    assert "500" in events[0].text


def test_a_long_binary_message_is_shortened_and_its_length_kept(
    generator: MessageBasedResource, file: Path
) -> None:
    message = bytes(range(256)) * 40
    with trace_to(file):
        generator.write_raw(message)
    (event,) = exchanges(file)
    assert event.text.encode("latin-1") == message[:LONGEST_TEXT]
    assert event.bytes == len(message)


def test_steps_nest_and_end_with_their_result_or_their_error(file: Path) -> None:
    def fail() -> None:
        with step("inner"):
            raise BenchError("The magnet does not answer.\nA second line.")

    with trace_to(file):
        with step("outer", field_T=0.05) as outer:
            outer.result(0.0499)
            with pytest.raises(BenchError):
                fail()
        with step("after"):
            pass
    lines = [(event.operation, event.step, event.outcome) for event in list(read_trace(file))[1:]]
    assert lines == [
        ("begin", "outer", "ok"),
        ("begin", "outer/inner", "ok"),
        ("end", "outer/inner", "BenchError: The magnet does not answer."),
        ("end", "outer", "ok"),
        ("begin", "after", "ok"),
        ("end", "after", "ok"),
    ]


def test_what_is_no_plain_data_is_traced_as_text_and_breaks_nothing(file: Path) -> None:
    endless: list[object] = []
    endless.append(endless)
    with trace_to(file), step("odd", what=object(), endless=endless) as odd:
        odd.result({1, 2})
    events = list(read_trace(file))
    assert [event.operation for event in events] == ["start", "begin", "end"]


def test_a_trace_is_continued_and_never_replaced(
    generator: MessageBasedResource, file: Path
) -> None:
    for _ in range(2):
        with trace_to(file):
            generator.query("*IDN?")
    operations = [event.operation for event in read_trace(file)]
    assert operations == ["start", "write", "read"] * 2


def test_a_line_torn_by_a_killed_process_is_passed_over_and_what_follows_is_read(
    generator: MessageBasedResource, file: Path
) -> None:
    with trace_to(file):
        generator.query("*IDN?")
    file.write_bytes(file.read_bytes()[:-20])
    trace = read_trace(file)
    assert [event.operation for event in trace] == ["start", "write"]
    assert trace.unreadable == 1
    with trace_to(file):
        generator.query("*IDN?")
    assert [event.operation for event in trace] == ["start", "write", "start", "write", "read"]
    assert trace.unreadable == 1


def test_a_file_that_is_no_trace_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "bench.toml"
    file.write_text('name = "a bench"\n')
    with pytest.raises(TraceError, match="is not a trace; it stays as it is"), trace_to(file):
        pass
    assert file.read_text() == 'name = "a bench"\n'
    with pytest.raises(TraceError, match="is not a trace"):
        read_trace(file)


@pytest.mark.parametrize("place", ["", "no/such/folder/trace.jsonl"])
def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(TraceError, match="cannot be written"), trace_to(tmp_path / place):
        pass


@DEV_FULL
def test_what_is_no_ordinary_file_is_refused() -> None:
    with pytest.raises(TraceError, match="is not an ordinary file"), trace_to("/dev/full"):
        pass


def test_two_traces_at_once_are_refused(file: Path) -> None:
    with (
        trace_to(file),
        pytest.raises(TraceError, match="is being written"),
        trace_to(file.with_name("other")),
    ):
        pass
    assert not file.with_name("other").exists()


def test_a_trace_of_a_version_yet_to_come_is_refused(file: Path) -> None:
    file.write_text('{"trace":"dwmtj","version":2,"time":"2026-01-01T00:00:00+00:00"}\n')
    with pytest.raises(TraceError, match="update dwmtj"):
        read_trace(file)


@DEV_FULL
def test_a_disk_that_fills_up_ends_the_trace_with_one_warning_and_not_the_run(
    virtual: Callable[..., BenchFile], file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    full = os.open("/dev/full", os.O_WRONLY)
    with open_bench(virtual()) as bench, Store.open(file.parent / "a.db") as store:
        with trace_to(file):
            descriptors = [descriptor_of(file)]

            def fill_the_disk() -> bool:
                if descriptors:
                    os.dup2(full, descriptors.pop())
                return False

            staircase = make_protocol("staircase-write", SHORT)
            outcome = run(staircase, bench, store, should_stop=fill_the_disk)
        assert outcome.status is Status.FINISHED
        (stored,) = store.run(outcome.run_id).warnings
    os.close(full)
    (warning,) = [record.getMessage() for record in caplog.records]
    assert "ends here (No space left on device)" in warning
    assert stored.message == warning
    assert list(read_trace(file))[-1].step == "run 1/point 0"


def descriptor_of(file: Path) -> int:
    folder = Path("/proc/self/fd")
    return next(int(link.name) for link in folder.iterdir() if same(link, file))


def same(link: Path, file: Path) -> bool:
    try:
        return link.resolve() == file.resolve()
    except OSError:
        return False


def test_lines_of_many_threads_are_whole_and_each_names_its_thread(
    virtual: Callable[..., BenchFile], file: Path
) -> None:
    manager = pyvisa.ResourceManager(virtual().visa_library)
    addresses = ("GPIB0::10::INSTR", "GPIB0::24::INSTR", "GPIB0::6::INSTR")

    def ask(address: str) -> None:
        resource = cast("MessageBasedResource", manager.open_resource(address))
        for _ in range(200):
            resource.query("*IDN?")
        resource.close()

    with trace_to(file):
        threads = [threading.Thread(target=ask, args=(name,), name=name) for name in addresses]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    trace = read_trace(file)
    asked = [event for event in trace if event.operation == "read"]
    assert trace.unreadable == 0
    assert len(asked) == 600
    assert all(event.thread == event.instrument for event in asked)
    assert {each.exchanges for each in summarise(trace)} == {402}


TRACED = """
import sys
from dwmtj.instruments import load_bench_file, open_bench
from dwmtj.instruments.tracing import trace_to
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.running.runner import run
from dwmtj.storage import Store

file, database = sys.argv[1:]
with trace_to(file), open_bench(load_bench_file("virtual-trapezoid")) as bench:
    with Store.open(database) as store:
        run(make_protocol("staircase-write", {"cycles": 40}), bench, store)
"""


def tracing(file: Path, database: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", TRACED, file, database])


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs processes that can be killed")
def test_the_trace_of_a_killed_run_has_all_of_every_committed_point(
    tmp_path: Path, file: Path
) -> None:
    database = tmp_path / "killed.db"
    with tracing(file, database) as process:
        while not file.exists() or file.stat().st_size < 300_000:
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    with Store.open(database) as store:
        points = store.points(1)
    trace = read_trace(file)
    ended = {event.step for event in trace if event.operation == "end"}
    assert len(points) > 20
    assert {f"run 1/point {number}" for number in points.index} <= ended
    assert trace.unreadable <= 1


def test_two_processes_may_write_one_trace(tmp_path: Path, file: Path) -> None:
    script = TRACED.replace('{"cycles": 40}', '{"amplitude_step_V": 0.1}')
    command = [sys.executable, "-c", script, str(file)]
    both = [subprocess.Popen([*command, str(tmp_path / f"{n}.db")]) for n in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    trace = read_trace(file)
    fired = [event.pid for event in trace if event.operation == "begin" and "/fire" in event.step]
    assert trace.unreadable == 0
    assert sorted(fired) == sorted([process.pid for process in both] * 40)


def test_the_trace_works_over_a_real_socket_and_another_visa_library(file: Path) -> None:
    pytest.importorskip("pyvisa_py")
    with LabServer(open_lab("trapezoid?name=trace-tcp"), first_port=0) as server, trace_to(file):
        address = pyvisa.rname.to_canonical_name(server.addresses["2400"])
        manager = pyvisa.ResourceManager("@py")
        meter = cast(
            "MessageBasedResource",
            manager.open_resource(address, read_termination="\n", write_termination="\n"),
        )
        identity = meter.query("*IDN?")
        meter.timeout = 50
        with pytest.raises(pyvisa.VisaIOError):
            meter.read()
        meter.close()
        manager.close()
    events = [event for event in exchanges(file) if event.operation in {"open", "write", "read"}]
    assert {event.instrument for event in events} == {address}
    assert [event.operation for event in events] == ["open", "write", "read", "read"]
    assert events[2].text.rstrip("\n") == identity
    assert events[3].outcome.startswith("VI_ERROR_TMO")


def test_every_line_is_json_for_any_program(generator: MessageBasedResource, file: Path) -> None:
    with trace_to(file), step("look", amplitude_V=1.0):
        generator.query("*IDN?")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert lines[0]["trace"] == "dwmtj"
    assert all("time" in line and "pid" in line for line in lines)

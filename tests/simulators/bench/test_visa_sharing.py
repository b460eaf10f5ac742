"""Several sessions and threads on one instrument: locks, service requests, replies."""

import threading
from typing import Any, cast

import pytest
import pyvisa
from pyvisa.constants import EventMechanism, EventType, StatusCode
from pyvisa.resources import GPIBInstrument, MessageBasedResource

GENERATOR, METER = "GPIB0::10::INSTR", "GPIB0::24::INSTR"


def opened(manager: pyvisa.ResourceManager, name: str) -> GPIBInstrument:
    return cast("GPIBInstrument", manager.open_resource(name))


def test_an_exclusive_lock_keeps_other_sessions_out(manager: pyvisa.ResourceManager) -> None:
    mine, other = opened(manager, METER), opened(manager, METER)
    with mine.lock_context():
        assert mine.query("*OPC?") == "1\n"
        for forbidden in (lambda: other.query("*OPC?"), lambda: other.lock_excl(timeout=1)):
            with pytest.raises(pyvisa.VisaIOError) as failure:
                forbidden()
            assert failure.value.error_code == StatusCode.error_resource_locked
    assert other.query("*OPC?") == "1\n"
    mine.lock_excl()
    mine.close()
    assert other.query("*OPC?") == "1\n"


def test_a_shared_lock_admits_those_with_its_key(manager: pyvisa.ResourceManager) -> None:
    first, second, third = (opened(manager, METER) for _ in range(3))
    key = first.lock()
    assert second.lock(requested_key=key) == key
    assert second.query("*OPC?") == "1\n"
    with pytest.raises(pyvisa.VisaIOError):
        third.query("*OPC?")
    first.unlock()
    second.unlock()
    assert third.query("*OPC?") == "1\n"


def test_a_service_request_wakes_who_waits_for_it(manager: pyvisa.ResourceManager) -> None:
    meter = opened(manager, METER)
    meter.write("*CLS;*SRE 32;*ESE 1")
    meter.enable_event(EventType.service_request, EventMechanism.queue)
    assert meter.wait_on_event(EventType.service_request, 100, capture_timeout=True).timed_out
    meter.write("*OPC")
    response = meter.wait_on_event(EventType.service_request, 100)
    assert response.event.event_type is EventType.service_request
    assert meter.read_stb() == 64 + 32
    assert meter.read_stb() == 32
    assert meter.query("*STB?;*ESR?;*STB?") == "96;1;16\n"


def test_wait_for_srq_takes_a_request_that_came_before(manager: pyvisa.ResourceManager) -> None:
    generator = opened(manager, GENERATOR)
    generator.write("*CLS;*SRE 4;NONSENSE")
    generator.wait_for_srq(1000)
    assert generator.query("SYST:ERR?").startswith("-113")


def test_handlers_are_called_once_per_request(manager: pyvisa.ResourceManager) -> None:
    meter = opened(manager, METER)
    calls: list[Any] = []

    def note(resource: Any, event: Any, user_handle: Any) -> None:
        calls.append((event.event_type, user_handle))

    handler = meter.wrap_handler(note)
    handle = meter.install_handler(EventType.service_request, handler, "mine")
    meter.enable_event(EventType.service_request, EventMechanism.handler)
    meter.write("*CLS;*SRE 16")
    meter.write("*IDN?")
    meter.read()
    meter.disable_event(EventType.service_request, EventMechanism.handler)
    meter.uninstall_handler(EventType.service_request, handler, handle)
    meter.query("*IDN?")
    assert calls == [(EventType.service_request, "mine")]


def test_threads_on_one_session_never_swap_replies(manager: pyvisa.ResourceManager) -> None:
    generator = opened(manager, GENERATOR)
    generator.write(":VOLT1:HIGH 1;LOW -1;:VOLT2:HIGH 2;LOW -2")
    assert _wrong_replies([generator, generator]) == 0


def test_threads_on_sessions_of_their_own_never_swap_replies(
    manager: pyvisa.ResourceManager,
) -> None:
    opened(manager, GENERATOR).write(":VOLT1:HIGH 1;LOW -1;:VOLT2:HIGH 2;LOW -2")
    assert _wrong_replies([opened(manager, GENERATOR), opened(manager, GENERATOR)]) == 0


def _wrong_replies(sessions: list[GPIBInstrument]) -> int:
    wrong: list[str] = []

    def ask(session: MessageBasedResource, channel: int) -> None:
        for _ in range(3000):
            reply = session.query(f":VOLT{channel}:HIGH?")
            if float(reply) != channel:
                wrong.append(reply)

    threads = [
        threading.Thread(target=ask, args=(session, channel))
        for channel, session in enumerate(sessions, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sessions[0].query("SYST:ERR?").startswith("+0")
    return len(wrong)

"""Bytes cut into program messages, and messages that are made to take for ever."""

import pytest

from dwmtj.simulators.bench.lab import Lab
from dwmtj.simulators.bench.lab_file import read_lab_file
from dwmtj.simulators.bench.scpi.messages import LONGEST_MESSAGE, MessageBuffer

HUGE = 200_000


@pytest.mark.parametrize(
    ("pieces", "messages"),
    [
        ([b"A\nB\r\nC"], [b"A", b"B"]),
        ([b"A", b"B", b"\n"], [b"AB"]),
        ([b"A #15he\nlo;B\n"], [b"A #15he\nlo;B"]),
        ([b"A #15he", b"\nlo;B\n"], [b"A #15he\nlo;B"]),
        ([b"A #12\n\n\n"], [b"A #12\n\n"]),
        ([b"A #H2\nB\n"], [b"A #H2", b"B"]),
    ],
)
def test_newlines_outside_blocks_close_messages(pieces: list[bytes], messages: list[bytes]) -> None:
    buffer = MessageBuffer()
    assert [message for p in pieces for message in buffer.take(p, end=False)] == messages


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        (b"A", [b"A"]),
        (b"A\r\n", [b"A"]),
        (b"A\nB", [b"A", b"B"]),
        (b"A #11\n", [b"A #11\n"]),
        (b"A #11\n\n", [b"A #11\n"]),
    ],
)
def test_end_closes_a_message_too(data: bytes, messages: list[bytes]) -> None:
    assert MessageBuffer().take(data, end=True) == messages


@pytest.mark.parametrize("start", [b"x", b"#9999999999"])
def test_a_message_without_an_end_is_discarded_and_takes_no_memory(start: bytes) -> None:
    buffer = MessageBuffer()
    for number in range(40):
        assert buffer.take(start * (number == 0) + b"x" * (LONGEST_MESSAGE // 10), end=False) == []
        assert len(buffer._waiting) <= LONGEST_MESSAGE
    assert buffer.overrun
    assert buffer.take(b"x\nnext\n", end=False) == [b"next"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("(" * HUGE, -102),
        ("#" * HUGE, -102),
        ("#1" * HUGE, -102),
        ("'" * HUGE, -102),
        (":A" * HUGE, -113),
        (":A" + "1" * HUGE + "B", -113),
        (":SOUR:CURR " + "1" * HUGE + "!", -121),
        (":SOUR:CURR " + "1," * HUGE, -108),
        (":SOUR:CURR 1" + " " * HUGE + "!", -121),
        ("*IDN?;" * HUGE, -430),
        (":OUTP 1E999;:OUTP 0", 0),
        (";" * HUGE, 0),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_huge_message_ends_soon_in_its_error(message: str, code: int) -> None:
    meter = Lab(read_lab_file("trapezoid")).instruments["GPIB0::24::INSTR"]
    assert meter.execute(message) is None
    assert len(reply := meter.next_error()) < 200
    assert int(reply.split(",")[0]) == code

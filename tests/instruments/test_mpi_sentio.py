"""Byte for byte: what the prober's adapter sends to SENTIO, and what it makes of the replies."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, ExchangeError, WaferSite
from dwmtj.instruments.adapters.mpi_sentio import MPISentio, SentioProber

Exchange = list[tuple[bytes, bytes | None]]

NATIVE: Exchange = [(b"*RCS 1", None)]
STATUS = (b"get_chuck_site_status Wafer", b"0,0,1,1,0,1")
HEIGHTS: Exchange = [STATUS, (b"get_chuck_site_heights Wafer", b"0,0,12000.0,300.0,30.0,50.0")]


def height(um: bytes) -> tuple[bytes, bytes]:
    return b"get_chuck_z Z", b"0,0," + um


def rise_to(um: bytes) -> Exchange:
    return [(b"move_chuck_contact", b"0,0," + um), height(um), height(um)]


SEPARATE: Exchange = [
    (b"move_chuck_separation", b"0,0,11700.0"),
    height(b"11700.2"),
    *HEIGHTS,
    height(b"11700.2"),
]
STEP: Exchange = [
    *SEPARATE,
    (b"map:die:get_status 2, -1", b"0,0,1"),
    (b"set_stepping_contact_mode StepToSeparation", b"0,0,OK"),
]
STEPPED: Exchange = [
    (b"map:step_die 2, -1, 3", b"1024,0,2,-1,3"),  # a status bit: the end of the route
    (b"map:die:get_current_index", b"0,0,17,2,-1"),
    (b"map:die:get_current_subsite", b"0,0,3"),
    *HEIGHTS,
]
NEAR = height(b"11990.0")
CONTACT: Exchange = [STATUS, *HEIGHTS]


@contextmanager
def prober_of(*parts: Sequence[tuple[bytes, bytes | None]]) -> Iterator[SentioProber]:
    exchange = [pair for part in (NATIVE, *parts) for pair in part]
    with expected_protocol(MPISentio, exchange) as driver:
        yield SentioProber(driver, tolerance_m=5e-6)


def test_a_step_separates_first_and_reads_place_and_height_back() -> None:
    with prober_of(STEP, STEPPED, [height(b"11700.0")]) as prober:
        prober.move_to(WaferSite(2, -1, 3))


def test_a_die_that_the_map_lacks_is_refused_before_anything_steps() -> None:
    with (
        prober_of(SEPARATE, [(b"map:die:get_status 9, 9", b"0,0,3")]) as prober,
        pytest.raises(BenchError, match=r"has no die \(9, 9\) in its wafer map"),
    ):
        prober.move_to(WaferSite(9, 9))


def test_a_step_that_ends_elsewhere_or_in_contact_is_an_error() -> None:
    elsewhere: Exchange = [(b"map:step_die 2, -1, 3", b"0,0,2,0,3"), *STEPPED[1:3]]
    with (
        prober_of(STEP, elsewhere) as prober,
        pytest.raises(BenchError, match=r"at die \(2, 0\), site 3 where .* to die \(2, -1\), site"),
    ):
        prober.move_to(WaferSite(2, -1, 3))
    with (
        prober_of(STEP, STEPPED, [height(b"12000.0")]) as prober,
        pytest.raises(BenchError, match="stepped into contact"),
    ):
        prober.move_to(WaferSite(2, -1, 3))


def test_a_touchdown_confirms_home_vacuum_and_height() -> None:
    with prober_of(CONTACT, rise_to(b"12000.0")) as prober:
        prober.contact()


def test_overtravel_may_lift_the_chuck_beyond_its_contact_height_if_it_is_on() -> None:
    on = (b"get_chuck_site_status Wafer", b"0,0,1,1,1,1")
    rise = rise_to(b"12030.0")
    with prober_of([on, on, HEIGHTS[1]], rise) as prober:
        prober.contact()
    with (
        prober_of(CONTACT, rise, SEPARATE) as prober,
        pytest.raises(BenchError, match="stopped 30 µm from its contact height and was separated"),
    ):
        prober.contact()


@pytest.mark.parametrize(
    ("states", "lacks"),
    [(b"0,1,0,1", "home"), (b"1,0,0,1", "contact height"), (b"1,1,0,0", "vacuum")],
)
def test_what_a_touchdown_needs_is_set_at_the_station(states: bytes, lacks: str) -> None:
    status = (b"get_chuck_site_status Wafer", b"0,0," + states)
    with prober_of([status]) as prober, pytest.raises(BenchError, match=f"has no {lacks} for its"):
        prober.contact()


def test_a_separation_gap_within_reach_of_overtravel_is_refused() -> None:
    heights = (b"get_chuck_site_heights Wafer", b"0,0,12000.0,20.0,30.0,50.0")
    with (
        prober_of([STATUS, STATUS, heights]) as prober,
        pytest.raises(BenchError, match="separation gap of 20 µm: set at least 50 µm"),
    ):
        prober.contact()


@pytest.mark.parametrize(
    ("exchange", "reason"),
    [
        ([(b"move_chuck_separation", b"2,0,axis error")], "error 2, axis error"),
        ([(b"move_chuck_separation", b"0,0,11700.0"), height(b"12000.0")], "is at 12000 µm where"),
        (
            [(b"move_chuck_separation", b"0,0,11990.0"), NEAR, *HEIGHTS, NEAR],
            "nearer to its contact height than its separation gap",
        ),
    ],
)
def test_the_safe_state_is_the_chuck_separated_and_read_back(
    exchange: Exchange, reason: str
) -> None:
    with prober_of(SEPARATE) as prober:
        prober.make_safe()
    with prober_of(exchange) as prober, pytest.raises(BenchError, match=reason):
        prober.make_safe()


@pytest.mark.parametrize("reply", [b"", b"OK", b"0,0,1,1,0", b"0,0,yes,no,no,no", b"x,0,1,1,0,1"])
def test_what_is_no_reply_of_sentio_is_an_error(reply: bytes) -> None:
    exchange: Exchange = [(b"get_chuck_site_status Wafer", reply)]
    with prober_of(exchange) as prober, pytest.raises(ExchangeError, match="replied"):
        prober.check()

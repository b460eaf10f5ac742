"""Touching down on a device: the chuck at its contact height, and current through the junction.

What is confirmed is the read path, 4P to OUT, at little current: with the needles off, the meter
reaches its voltage limit. An open junction looks the same from outside, and the contacts of the
track are not tried, since that takes a pulse.
"""

import logging
from typing import TYPE_CHECKING

from ..errors import ContactError, ExchangeError, OpenJunctionError
from ..roles import WaferSite
from .prober import ColdProber

if TYPE_CHECKING:
    from ..bench import Bench

log = logging.getLogger(__name__)

CHECK_CURRENT_A = 10e-6


def touch(bench: "Bench", prober: ColdProber, site: WaferSite) -> float:
    """Move to a site, touch down and return the resistance that confirms the contact, in Ω.

    What drives is switched off before the chuck moves and after the reading; then the chuck stays
    in contact. A device without contact is touched as often as the bench file allows. Raises
    ContactError, with the chuck separated, if it has none.
    """
    touchdowns = 1 if bench.file.prober is None else bench.file.prober.touchdowns
    bench.make_safe()
    prober.move_to(site)
    for last in (False,) * (touchdowns - 1) + (True,):
        try:
            prober.contact()
            if bench.has_switch:
                bench.switch.close(0, 0)
            return _contact_ohm(bench, site)
        except ContactError as error:
            bench.make_safe()
            if last:
                raise
            log.warning("%s It is touched again.", error)
        except BaseException:
            bench.make_safe()
            raise
    raise AssertionError("the last touchdown returns or raises")


def _contact_ohm(bench: "Bench", site: WaferSite) -> float:
    current_A = min(CHECK_CURRENT_A, bench.limits.read_current_A)
    largest_ohm = bench.stop_conditions.maximum_resistance_ohm
    try:
        bench.meter.arm(current_A)
        try:
            found_ohm = bench.meter.read().resistance_ohm
        except ExchangeError:
            found_ohm = bench.meter.read().resistance_ohm
    except OpenJunctionError as error:
        raise ContactError(
            f"{bench.device_name} at {site} has no contact: at {current_A * 1e6:g} µA the meter "
            f"reaches its limit of {bench.limits.read_voltage_V:g} V."
        ) from error
    finally:
        bench.meter.make_safe()
    if largest_ohm is not None and not found_ohm <= largest_ohm:
        raise ContactError(
            f"{bench.device_name} at {site} has no contact: it reads {found_ohm:.4g} Ω, more than "
            f"the {largest_ohm:g} Ω of [stop] maximum_resistance_ohm."
        )
    return found_ohm

"""The Kepco BOP in a bench file: its rating, how it is opened, and how its guard ramps it down."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from pymeasure.instruments.kepco import KepcoBOP3612

from ...connection import Connection
from ...errors import BenchError
from ...faults import shown
from ...guard.plan import Confirm, Query, Ramp, Send, Step
from ...limits import Limits
from ...sections import MagnetSection, Positive
from .coil_ramp import STEP_S
from .kepco_supply import KepcoCoilSupply, Rating


class KepcoSection(MagnetSection):
    """A `[magnet]` on a Kepco BOP; `compliance_V` is the largest voltage across the coil."""

    compliance_V: Positive

    session_defaults: ClassVar[Mapping[str, str | int]] = {
        "read_termination": "\n",
        "write_termination": "\n",
    }


class KepcoBOP3612Section(KepcoSection):
    """A `[magnet]` on a Kepco BOP 36-12."""

    driver: Literal["KepcoBOP3612"]
    compliance_V: Annotated[float, Field(gt=0, le=36)] = 36.0


class KepcoBOPSection(KepcoSection):
    """A `[magnet]` on a Kepco BOP of any rating, such as 20-20."""

    driver: Literal["KepcoBOP"]
    rating: Annotated[str, Field(pattern=r"^[1-9]\d*-[1-9]\d*$")]

    @model_validator(mode="after")
    def _check_compliance(self) -> Self:
        rated = rating_of(self)
        if self.compliance_V > rated.voltage_V:
            raise PydanticCustomError(
                "compliance",
                "has compliance_V = {given}, and a BOP {rating} reaches {rated} V; lower it",
                {
                    "given": f"{self.compliance_V:g}",
                    "rating": self.rating,
                    "rated": f"{rated.voltage_V:g}",
                },
            )
        return self


def rating_of(section: KepcoSection) -> Rating:
    """Return the rating of the model in a section."""
    if not isinstance(section, KepcoBOPSection):
        return Rating(36.0, 12.0)
    voltage, _, current = section.rating.partition("-")
    return Rating(float(voltage), float(current))


def open_supply(section: KepcoSection, bench: Connection) -> KepcoCoilSupply:
    """Open the coil's supply of a bench file; the bench limits its current and how it changes.

    Raises BenchError if it has another rating than the section.
    """
    supply = KepcoCoilSupply(
        bench.open(KepcoBOP3612, section.address),
        bench.clock,
        largest_A=abs(bench.limits.field_T / section.coil_T_per_A),
        rate_A_per_s=abs(bench.limits.field_rate_T_per_s / section.coil_T_per_A),
        compliance_V=section.compliance_V,
        rated=rating_of(section),
        report=bench.report_set_point,
    )
    identity = supply.identity
    if identity.upper().startswith("KEPCO") and not re.search(
        rf"[ ,]{rating_of(section)}[A-Z]?\b", identity
    ):
        raise BenchError(
            f"The supply at {section.address} identifies itself as {shown(identity)}, which is no "
            f"BOP {rating_of(section)}; correct rating or driver in the bench file."
        )
    return supply


def safe_steps(section: KepcoSection, limits: Limits) -> tuple[Step, ...]:
    """Return the messages that ramp the coil down, whatever is regulated, and switch it off."""
    rated = rating_of(section)
    rate_A_per_s = abs(limits.field_rate_T_per_s / section.coil_T_per_A)
    rate_V_per_s = rate_A_per_s * section.compliance_V / rated.current_A
    on, mode = Query("OUTP?", "1"), "FUNC:MODE?"
    return (
        Ramp(
            "CURR?",
            "CURR {:g}",
            rate_A_per_s,
            rated.current_A,
            conditions=(on, Query(mode, "1")),
            reported=True,
            interval_s=STEP_S,
        ),
        Ramp(
            "VOLT?",
            "VOLT {:g}",
            rate_V_per_s,
            rated.voltage_V,
            conditions=(on, Query(mode, "0")),
            interval_s=STEP_S,
        ),
        Send("OUTP 0"),
        Confirm(Query("OUTP?", "0")),
    )

"""Carries out the plan of a safe state: every instrument in a thread of its own, each confirmed."""

import math
import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyvisa

from .plan import Arrive, InstrumentPlan, Query, Ramp, Send
from .sessions import opened

ATTEMPTS = 2
TIMEOUT_MS = 2000
PATIENCE_S = 8.0  # for one instrument, its ramp or motion not counted


@dataclass
class Outcome:
    """What was done with one instrument; `problem` is None once it has confirmed its safe state.

    `set_point` is the last one that its owner reported, then the last one of the ramp.
    """

    instrument: str
    set_point: float | None = None
    done: list[str] = field(default_factory=list)
    problem: str | None = "it has not answered in time"

    @property
    def state(self) -> str:
        """What was done, or why the instrument may not be safe."""
        return ", ".join(self.done) if self.problem is None else f"NOT safe: {self.problem}"

    def __str__(self) -> str:
        return f"{self.instrument} {self.state}"


class NotObeyedError(Exception):
    """An instrument did not confirm what it was sent."""


def make_safe(
    instruments: Sequence[InstrumentPlan], set_points: Mapping[str, float]
) -> list[Outcome]:
    """Make the instruments safe, all at the same time, and return what each of them did.

    `set_points` are the last ones on the wire, by address. One that hangs is left to its thread.
    """
    outcomes = {plan.name: Outcome(plan.name, set_points.get(plan.address)) for plan in instruments}
    lines = {plan.line: threading.Lock() for plan in instruments}
    threads: dict[str, threading.Thread] = {}

    def work(plan: InstrumentPlan) -> None:
        for name in plan.after:
            if name in threads:
                threads[name].join(PATIENCE_S)
        with lines[plan.line]:
            _make_one_safe(plan, outcomes[plan.name])

    for plan in sorted(instruments, key=lambda plan: len(plan.after)):
        thread = threading.Thread(target=work, args=(plan,), name=plan.name, daemon=True)
        threads[plan.name] = thread
        thread.start()
    deadline = time.monotonic() + PATIENCE_S + sum(map(_longest_motion_s, instruments))
    for thread in threads.values():
        thread.join(max(0.0, deadline - time.monotonic()))
    return list(outcomes.values())


def _make_one_safe(plan: InstrumentPlan, outcome: Outcome) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            manager = pyvisa.ResourceManager(plan.visa_library)
            with opened(
                manager, plan.address, plan.settings, plan.prologix, TIMEOUT_MS, plan.lock_key
            ) as resource:
                _carry_out(plan, resource, outcome, last=attempt == ATTEMPTS)
        except Exception as error:  # drivers and back ends may raise anything
            outcome.problem = _reason(error)
            outcome.done.append(f"tried again ({outcome.problem})")
        else:
            outcome.problem = None
            return


def _carry_out(plan: InstrumentPlan, resource: Any, outcome: Outcome, *, last: bool) -> None:
    for step in plan.steps:
        if isinstance(step, Ramp):
            try:
                if _is_due(resource, step, outcome):
                    outcome.done.append(_ramp_to_zero(resource, step, outcome))
            except Exception as error:  # anything, as above
                if not last:
                    raise
                # Off as it is: the last resort.
                outcome.done.append(f"switched off without a ramp ({_reason(error)})")
        elif isinstance(step, Send):
            resource.write(step.message)
        elif isinstance(step, Arrive):
            _arrive(resource, step)
        elif not (_holds(resource, step.query) or _holds(resource, step.query)):
            raise NotObeyedError(f"it does not reply {step.query.reply} to {step.query.message}")
    outcome.done.append(plan.safe_state)


def _arrive(resource: Any, step: Arrive) -> None:
    resource.timeout = 1000 * step.wait_s
    try:
        reached = _position(resource, step.message, step.pattern)
        read_back = _position(resource, step.query, step.pattern)
        away = _position(resource, step.away_query, step.away_pattern)
    finally:
        resource.timeout = TIMEOUT_MS
    if abs(reached - read_back) > step.tolerance or abs(away - read_back) < step.least:
        raise NotObeyedError(f"it replies {read_back:g} to {step.query} after {step.message}")


def _position(resource: Any, message: str, pattern: str) -> float:
    reply = str(resource.query(message)).strip()
    match = re.fullmatch(pattern, reply)
    if match is None:
        raise NotObeyedError(f"it replies {reply[:60]} to {message}")
    return float(match[1])


def _is_due(resource: Any, ramp: Ramp, outcome: Outcome) -> bool:
    """Return True unless there is certainly nothing to ramp; raises NotObeyedError if unclear."""
    if ramp.reported and outcome.set_point:
        return True
    return all(_certainly_holds(resource, condition) for condition in ramp.conditions)


def _certainly_holds(resource: Any, query: Query) -> bool:
    first, second = _holds(resource, query), _holds(resource, query)
    if first is not second:
        raise NotObeyedError(f"it contradicts itself when asked {query.message}")
    return first


def _holds(resource: Any, query: Query) -> bool:
    reply = str(resource.query(query.message)).strip()
    if query.pattern:
        return re.fullmatch(query.reply, reply, re.IGNORECASE) is not None
    try:
        return float(reply) == float(query.reply)
    except ValueError:
        return reply.casefold() == query.reply.casefold()


def _ramp_to_zero(resource: Any, ramp: Ramp, outcome: Outcome) -> str:
    start = _start_of(resource, ramp, outcome.set_point if ramp.reported else None)
    steps = math.ceil(abs(start) / (ramp.rate_per_s * ramp.interval_s) - 1e-9)
    for step in range(1, steps + 1):
        set_point = start * (1 - step / steps) + 0.0  # no -0
        if ramp.reported:
            outcome.set_point = set_point
        resource.write(ramp.message.format(set_point))
        time.sleep(ramp.interval_s)
    return f"ramped from {start:.4g} to 0" if steps else "at 0"


def _start_of(resource: Any, ramp: Ramp, reported: float | None) -> float:
    """Return where a ramp starts: the set point read back, unless it contradicts the reported one.

    Raises NotObeyedError if neither can be believed.
    """
    tolerance = 2 * ramp.rate_per_s * ramp.interval_s + 0.01 * ramp.limit
    for _ in range(2):
        match = re.fullmatch(ramp.pattern, str(resource.query(ramp.query)).strip())
        try:
            read_back = float(match[1]) if match else math.nan
        except ValueError:
            continue
        believable = abs(read_back) <= ramp.limit
        if believable and (reported is None or abs(read_back - reported) <= tolerance):
            return read_back
    if reported is not None and abs(reported) <= ramp.limit:
        return reported
    raise NotObeyedError(f"its set point {ramp.query} cannot be read back")


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error).strip() or type(error).__name__
    return str(text).splitlines()[0].rstrip(".")


def _longest_motion_s(plan: InstrumentPlan) -> float:
    ramps_s = sum(step.limit / step.rate_per_s for step in plan.steps if isinstance(step, Ramp))
    return ramps_s + sum(step.wait_s for step in plan.steps if isinstance(step, Arrive))

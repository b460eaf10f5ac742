"""A lab of its own for every test, and PyMeasure's drivers on it."""

from collections.abc import Iterator

import pytest
import pyvisa
from pymeasure.instruments.keithley import Keithley2400
from pymeasure.instruments.kepco import KepcoBOP3612
from pymeasure.instruments.keysight import Keysight81160A
from pymeasure.instruments.lakeshore import LakeShore425

from dwmtj.simulators.bench import Lab, forget_labs, open_lab

LIBRARY = "trapezoid?name=pymeasure@dwmtj"


@pytest.fixture
def lab() -> Iterator[Lab]:
    forget_labs()
    yield open_lab(LIBRARY.removesuffix("@dwmtj"))
    pyvisa.ResourceManager(LIBRARY).close()
    forget_labs()


@pytest.fixture
def generator(lab: Lab) -> Keysight81160A:
    return Keysight81160A("GPIB::10", visa_library=LIBRARY)


@pytest.fixture
def meter(lab: Lab) -> Keithley2400:
    meter = Keithley2400("GPIB::24", visa_library=LIBRARY)
    meter.reset()
    meter.reset_data_format()
    meter.wires = 4
    meter.source_mode = "current"
    meter.source_current = 100e-6
    meter.compliance_voltage = 0.5
    meter.source_enabled = True
    return meter


@pytest.fixture
def supply(lab: Lab) -> KepcoBOP3612:
    supply = KepcoBOP3612("GPIB::6", visa_library=LIBRARY)
    supply.operating_mode = "CURR"
    supply.output_enabled = True
    return supply


@pytest.fixture
def gaussmeter(lab: Lab) -> LakeShore425:
    gaussmeter = LakeShore425("ASRL1", visa_library=LIBRARY)
    gaussmeter.unit = "T"
    gaussmeter.auto_range()
    gaussmeter.dc_mode(wideband=False)
    return gaussmeter


@pytest.fixture
def manager() -> Iterator[pyvisa.ResourceManager]:
    forget_labs()
    manager = pyvisa.ResourceManager("@dwmtj")
    yield manager
    manager.close()
    forget_labs()

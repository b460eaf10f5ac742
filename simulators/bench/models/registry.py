"""The instrument models a lab file can name."""

from ..scpi.instrument import Model
from . import (
    keithley_707b,
    keithley_2000,
    keithley_2182a,
    keithley_2450,
    keithley_2601b,
    keithley_2750,
    keithley_6221,
    keysight_33250a,
    keysight_33622a,
    keysight_81150a,
    lakeshore_336,
    lakeshore_425,
    lakeshore_f71,
    mpi_sentio,
    sr_830,
    sr_860,
)
from .keithley_2400 import commands as keithley_2400
from .keysight_81160a import generator as keysight_81160a
from .supplies import ami_430, danfysik_8500, kepco_bop, lakeshore_643, yokogawa_gs200

MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        keysight_81160a.MODEL,
        keysight_81150a.MODEL,
        keysight_33250a.MODEL,
        keysight_33622a.MODEL,
        keithley_2400.MODEL,
        keithley_2450.MODEL,
        keithley_2601b.MODEL,
        keithley_2000.MODEL,
        keithley_2000.AT_A_SENSOR,
        keithley_2182a.MODEL,
        kepco_bop.MODEL,
        kepco_bop.MODEL_20_20,
        danfysik_8500.MODEL,
        yokogawa_gs200.MODEL,
        lakeshore_336.MODEL,
        lakeshore_425.MODEL,
        lakeshore_425.MODEL_475,
        lakeshore_f71.MODEL,
        lakeshore_643.MODEL,
        keithley_6221.MODEL,
        keithley_2750.MODEL,
        keithley_707b.MODEL,
        mpi_sentio.MODEL,
        ami_430.MODEL,
        sr_830.MODEL,
        sr_860.MODEL,
    )
}

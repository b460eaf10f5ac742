"""One pulse and one reading with nothing but PyVISA: the virtual bench needs no other program."""

import pyvisa

manager = pyvisa.ResourceManager("trapezoid?seed=3@dwmtj")


def instrument(address: str) -> pyvisa.resources.MessageBasedResource:
    resource = manager.open_resource(address, read_termination="\n")
    assert isinstance(resource, pyvisa.resources.MessageBasedResource)
    return resource


generator = instrument("GPIB0::10::INSTR")
meter = instrument("GPIB0::24::INSTR")


def resistance_ohm() -> float:
    voltage_V, current_A = (float(number) for number in meter.query(":READ?").split(",")[:2])
    return voltage_V / current_A


meter.write(":SYST:RSEN 1; :SENS:FUNC 'VOLT'; :SENS:VOLT:PROT 0.5")
meter.write(":SOUR:FUNC CURR; :SOUR:CURR 100E-6; :OUTP ON")
print(f"before: {resistance_ohm():.1f} Ω")

generator.write(":FUNC1 PULS; :OUTP1:LOAD 50; :ARM:SOUR1 MAN; :PULS:WIDT1 50NS")
generator.write(":VOLT1:LOW 0; :VOLT1:HIGH 1.6; :OUTP1 ON; *TRG")  # 3.2 V after the amplifier
print(f"after a pulse of 3.2 V: {resistance_ohm():.1f} Ω")

generator.write(":OUTP1 OFF")
meter.write(":OUTP OFF")

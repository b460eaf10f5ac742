"""Virtual benches with other instruments in their roles than the built-in ones."""

from itertools import count
from pathlib import Path

from dwmtj.instruments import BenchFile, built_in_benches, load_bench_file
from dwmtj.simulators.bench import lab_file

Replacements = dict[str, str]

OTHER_BENCHES: dict[str, tuple[Replacements, Replacements]] = {
    "2450, BOP 20-20, 475": (
        {'"2400"': '"2450"', '"BOP 36-12"': '"BOP 20-20"', '"425"': '"475"'},
        {
            '"LakeShore425"': '"LakeShore475"',
            '"Keithley2400"': '"Keithley2450"',
            '"KepcoBOP3612"': '"KepcoBOP"\nrating = "20-20"\ncompliance_V = 20.0',
        },
    ),
    "336, 643": (
        {
            '"BOP 36-12"': '"643"',
            "[time]": '[[instrument]]\nmodel = "336"\naddress = "GPIB0::12::INSTR"\n\n[time]',
        },
        {
            '"KepcoBOP3612"': '"LakeShore643"',
            "[limits]": """[temperature_controller]
driver = "LakeShore336"
address = "GPIB0::12::INSTR"
heater_range = 3
longest_wait_s = 600.0

[limits]
lowest_temperature_K = 290.0
highest_temperature_K = 400.0""",
        },
    ),
    "AMI 430, F71": (
        {'"BOP 36-12"': '"AMI 430"', '"425"': '"F71"'},
        {
            '"LakeShore425"': '"LakeShoreF71"\naxis = "z"',
            '"KepcoBOP3612"': '"AMI430"\nrated_A = 80.0',
        },
    ),
    "Danfysik 8500": (
        {'"BOP 36-12"\naddress = "GPIB0::6::INSTR"': '"Danfysik 8500"\naddress = "ASRL6::INSTR"'},
        {
            '"KepcoBOP3612"\naddress = "GPIB0::6::INSTR"': (
                '"Danfysik8500"\nrated_A = 160.0\naddress = "ASRL6::INSTR"'
            )
        },
    ),
    "GS200": (
        {'"BOP 36-12"': '"GS200"'},
        {'"KepcoBOP3612"': '"YokogawaGS200"\nA_per_V = 1.2'},
    ),
    "Hall sensor": (
        {'"425"': '"2000 at a Hall sensor"'},
        {'"LakeShore425"': '"Keithley2000"\nT_per_V = 0.1'},
    ),
    "SR830": (
        {'"2400"': '"SR830"'},
        {'"Keithley2400"': '"SR830"\nseries_resistance_ohm = 4000.0'},
    ),
    "6221": ({'"2400"': '"6221"'}, {'"Keithley2400"': '"Keithley6221"'}),
    "2182A on 6221": (
        {
            '"2400"\n': '"2182A"\n',
            "[time]": '[[instrument]]\nmodel = "6221"\naddress = "GPIB0::13::INSTR"\n\n[time]',
        },
        {
            '"Keithley2400"': '"Keithley2182A"',
            "[wiring]": (
                '[resistance_meter.current_source]\ndriver = "Keithley6221"\n'
                'address = "GPIB0::13::INSTR"\n\n[wiring]'
            ),
        },
    ),
    "2000 on 2400": (
        {"[time]": '[[instrument]]\nmodel = "2000"\naddress = "GPIB0::16::INSTR"\n\n[time]'},
        {
            '"Keithley2400"\naddress = "GPIB0::24::INSTR"': (
                '"Keithley2000"\naddress = "GPIB0::16::INSTR"'
            ),
            "[wiring]": (
                '[resistance_meter.current_source]\ndriver = "Keithley2400"\n'
                'address = "GPIB0::24::INSTR"\nfour_wire = false\n\n[wiring]'
            ),
        },
    ),
    "SR860": (
        {'"2400"': '"SR860"'},
        {'"Keithley2400"': '"SR860"\nseries_resistance_ohm = 4000.0'},
    ),
    "81150A": ({'"81160A"': '"81150A"'}, {'"Keysight81160A"': '"Keysight81150A"'}),
    "33250A": (
        {'"81160A"': '"33250A"'},
        {'"Keysight81160A"': '"Keysight33250A"', "channel = 1\n": ""},
    ),
    "2601B, 33622A": (
        {'"2400"': '"2601B"', '"81160A"': '"33622A"'},
        {'"Keithley2400"': '"Keithley2600"', '"Keysight81160A"': '"Keysight33500"'},
    ),
}
"""Name → what is replaced in the lab file and in the bench file of the trapezoid."""

OFF_QUERIES = {
    "AMI430": "CURR:TARG?",
    "Danfysik8500": "AD 8",  # its status word is read in test_danfysik8500.py
    "Keysight33250A": "OUTP?",
    "Keysight33500": "OUTP1?",
    "Keysight81150A": "OUTP1?",
    "Keysight81160A": "OUTP1?",
    "LakeShore336": "RANGE? 1",
    "LakeShore643": "SETI?",
    "Keithley2400": "OUTP?",
    "Keithley2450": "OUTP?",
    "Keithley6221": "OUTP?",
    "Keithley2600": "print(smua.source.output)",
    "YokogawaGS200": ":SOUR:LEV?",
    "SR830": "SLVL?",  # never 1 V rms here; its smallest level is tested in test_sr830.py
    "SR860": "SLVL?",
    "KepcoBOP": "OUTP?",
    "KepcoBOP3612": "OUTP?",
}
"""Driver → the question whose reply is 1 while the output is on."""

SET_POINT_QUERIES = {
    "AMI430": "CURR:TARG?",
    "Danfysik8500": "DA 0",
    "KepcoBOP": "CURR?",
    "KepcoBOP3612": "CURR?",
    "LakeShore643": "SETI?",
    "YokogawaGS200": ":SOUR:LEV?",
}
"""Driver of a magnet's supply → the question for its set point."""

_numbers = count()


def other_bench(name: str, folder: Path) -> BenchFile:
    """Write lab and bench file into a folder and return the bench file, of a new lab."""
    in_lab, in_bench = OTHER_BENCHES[name]
    lab = Path(lab_file.__file__).parent / "labs" / "trapezoid.toml"
    (folder / "lab.toml").write_text(_replaced(lab.read_text(), in_lab))
    text = _replaced(built_in_benches()["virtual-trapezoid"].read_text(), in_bench)
    (folder / "bench.toml").write_text(text)
    library = f"{folder / 'lab.toml'}?name=other-{next(_numbers)}@dwmtj"
    return load_bench_file(folder / "bench.toml").model_copy(update={"visa_library": library})


def _replaced(text: str, replacements: Replacements) -> str:
    for old, new in replacements.items():
        assert old in text, f"{old} is to be replaced"
        text = text.replace(old, new)
    return text

"""A straight track with sixteen equal notches, measured on the virtual bench and calibrated.

    python3 benchmarks/sixteen_levels.py FOLDER

The notches are those of the straight preset, 150 nm apart, under a junction over all of them; the
outermost ones keep the wall. Writes device, lab and bench files, stores five runs of
write-reset-cycling in FOLDER/lab.sqlite, and prints the commands that follow.
"""

import sys
from pathlib import Path

import dwmtj
from dwmtj.simulators import bench as virtual
from dwmtj.simulators import device as simulated

NOTCHES, FIRST_nm, PITCH_nm = 16, 1215, 150
FACTOR, KEEPING = 2.0, 6.0  # fitted_factor of a notch, and of the outermost ones outwards
STOPS_V = (2.9, 3.1, 3.3, 3.5, 4.0)
NOTCH = """[[notch]]
position_m = {position}e-9
depth_m = 40e-9
half_width_m = 39.922e-9
form = "v"
fitted_factor = {onward}
fitted_factor_to_IN = {back}
spread = 0.11
seat_range_m = 10e-9
seat_jitter_m = 6e-9

"""
CONDITIONS = {
    "saturation_field_T": -0.12,
    "write_bias_T": -0.004,
    "reset_bias_T": -0.004,
    "read_current_A": 20e-6,
    "amplitude_start_V": 2.3,
    "amplitude_step_V": 0.05,
    "reset_stop_V": 4.0,
    "cycles": 150,
}


def write_files(folder: Path) -> Path:
    """Write the three files, from those of the straight preset; return the bench file."""
    presets, labs = (Path(module.__path__[0]) for module in (simulated, virtual))
    straight = (presets / "presets" / "straight.toml").read_text()
    last = FIRST_nm + PITCH_nm * (NOTCHES - 1)
    head = straight[: straight.index("# Positions from")]
    head = head.replace("3.6e-6, 350e-9", f"{last + FIRST_nm}e-9, 350e-9")
    notches = "".join(
        NOTCH.format(
            position=FIRST_nm + PITCH_nm * number,
            onward=KEEPING if number == NOTCHES - 1 else FACTOR,
            back=KEEPING if number == 0 else FACTOR,
        )
        for number in range(NOTCHES)
    )
    tail = straight[straight.index("[junction]") :]
    tail = tail.replace("1205e-9", f"{FIRST_nm - 10}e-9").replace("2395e-9", f"{last + 10}e-9")
    (folder / "device.toml").write_text(head + notches + tail)
    lab = (labs / "labs" / "straight.toml").read_text()
    device = (folder / "device.toml").resolve()
    (folder / "lab.toml").write_text(lab.replace('"straight"', f'"{device}"'))
    bench = (Path(dwmtj.__path__[0]) / "instruments/benches/virtual-straight.toml").read_text()
    bench = bench.replace("straight@dwmtj", f"{(folder / 'lab.toml').resolve()}?seed=3@dwmtj")
    (folder / "bench.toml").write_text(bench.replace("4114.0", "6669.0"))
    return folder / "bench.toml"


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    bench_file = dwmtj.load_bench_file(str(write_files(folder)))
    with dwmtj.open_bench(bench_file) as bench, dwmtj.Store.open(folder / "lab.sqlite") as store:
        for stop_V in STOPS_V:
            parameters = {**CONDITIONS, "amplitude_stop_V": stop_V}
            protocol = dwmtj.make_protocol("write-reset-cycling", parameters)
            print(dwmtj.run(protocol, bench, store))
    print(
        f"dwmtj calibrate 1 2 3 4 5 --name straight16 -d {folder}/lab.sqlite; "
        f"dwmtj learn compare -o {folder}/rules -d {folder}/lab.sqlite --only none --model "
        "straight16 --rule metaplastic,sgd,mixed-precision,tiki-taka --seeds 2"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))

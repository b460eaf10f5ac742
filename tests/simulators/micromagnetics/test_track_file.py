"""Track files."""

from pathlib import Path

import pytest

from dwmtj.simulators.micromagnetics import MicromagneticsError, load_track

FILE = """\
[track]
length_m = 300e-9
width_m = 60e-9
thickness_m = 2e-9
cell_m = 5e-9

[[notch]]
position_m = 100e-9
depth_m = 10e-9
half_width_m = 12e-9
form = "v"
side = "upper"

[material]
saturation_magnetization_A_per_m = 1.1e6
exchange_stiffness_J_per_m = 2e-11
anisotropy_J_per_m3 = 1e6
dmi_J_per_m2 = 1e-3
damping = 0.1

[torque]
spin_hall_angle = 0.08
"""


def load(folder: Path, text: str) -> None:
    path = folder / "track.toml"
    path.write_text(text)
    load_track(path)


def test_a_file_gives_the_track_its_film_and_the_search(tmp_path: Path) -> None:
    path = tmp_path / "track.toml"
    extra = '\n[search]\ntolerance = 0.01\nprecision = "float32"\nwindow_m = 200e-9\n'
    path.write_text(FILE + "asymmetry = 2.0\n" + extra + "[field]\nflux_density_T = [0, 0, 1e-3]\n")
    file = load_track(path)
    assert file.film.cells.shape == (60, 12)
    assert file.track.notches[0].form == "v"
    assert file.film.torque is not None and file.film.torque.asymmetry == 2
    assert list(file.film.flux_density_T) == [0, 0, 1e-3]
    assert file.search.tolerance == 0.01
    assert file.search.accuracy.precision == "float32"
    assert file.search.accuracy.window_m == 200e-9


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("width_m = 60e-9", "width_nm = 60", r"line 3: track\.width_nm is not a key"),
        ("width_m = 60e-9", "width_m = 60", r"track\.width_m is 60.*less than or equal to 0\.001"),
        ("length_m = 300e-9", "length_m = nan", r"track\.length_m is nan"),
        ("damping = 0.1\n", "", r"material\.damping is missing"),
        ('"v"', '"round"', "half-disc"),
        ("spin_hall_angle = 0.08", "spin_hall_angle = 0.0", "spin_hall_angle is 0.*no current"),
        ("100e-9", "301e-9", "Notch 1 at 3.01e-07 m is not on the track"),
        ("cell_m = 5e-9", "cell_m = 7e-9", "do not divide"),
        ("[torque]", "[torque", "not valid TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(
    tmp_path: Path, before: str, after: str, problem: str
) -> None:
    with pytest.raises(MicromagneticsError, match=problem):
        load(tmp_path, FILE.replace(before, after))


def test_toml_with_an_unknown_key_is_not_called_invalid_toml(tmp_path: Path) -> None:
    with pytest.raises(MicromagneticsError) as refused:
        load(tmp_path, FILE.replace("width_m = 60e-9", "width_nm = 60"))
    assert "not valid TOML" not in str(refused.value)
    assert not str(refused.value).endswith("..")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MicromagneticsError, match="cannot be read"):
        load_track(tmp_path / "none.toml")


JUNCTION = """
[junction]
start_m = 20e-9
end_m = {end_m}
resistance_area_ohm_m2 = 20e-12
tmr = 1.0
"""


@pytest.mark.parametrize(
    ("end_m", "problem"),
    [(99e-9, "does not cover notch 1 at 100 nm"), (310e-9, "on the track of 300 nm")],
)
def test_a_junction_that_tells_no_walls_apart_is_refused(
    tmp_path: Path, end_m: float, problem: str
) -> None:
    load(tmp_path, FILE + JUNCTION.format(end_m=280e-9))
    with pytest.raises(MicromagneticsError, match=problem):
        load(tmp_path, FILE + JUNCTION.format(end_m=end_m))

"""Files of a magnetisation: OVF and PNG."""

from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

from dwmtj.simulators.micromagnetics import (
    MicromagneticsError,
    read_ovf,
    straight_wall,
    write_ovf,
    write_picture,
)
from dwmtj.tests.simulators.micromagnetics.films import neuron


def test_an_ovf_file_holds_the_magnetisation_exactly(tmp_path: Path) -> None:
    film = neuron()
    m = straight_wall(film, 100e-9)
    path = tmp_path / "wall.ovf"
    write_ovf(path, m, film, "wall")
    np.testing.assert_array_equal(read_ovf(path), 1.1e6 * m)
    content = path.read_bytes()
    assert content.startswith(b"# OOMMF OVF 2.0\n# Segment count: 1\n")
    for line in (b"xnodes: 128", b"ynodes: 16", b"xstepsize: 4e-09", b"valuedim: 3"):
        assert b"# " + line + b"\n" in content
    assert content.endswith(b"\n# End: Data Binary 8\n# End: Segment\n")
    values = np.frombuffer(content.partition(b"Binary 8\n")[2], "<f8", count=7)
    assert values[0] == 123456789012345.0
    np.testing.assert_array_equal(values[4:], 1.1e6 * m[:, 1, 0])  # x runs fastest


@pytest.mark.parametrize("keep", [0, 100, 900, 2000])
def test_a_damaged_ovf_file_is_refused(tmp_path: Path, keep: int) -> None:
    film = neuron()
    path = tmp_path / "wall.ovf"
    write_ovf(path, straight_wall(film, 100e-9), film, "wall")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(MicromagneticsError, match="not a"):
        read_ovf(path)


def test_a_picture_shows_the_domains_in_two_colours(tmp_path: Path) -> None:
    film = neuron()
    path = tmp_path / "wall.png"
    write_picture(path, straight_wall(film, 250e-9), film, "a wall")
    image = matplotlib.image.imread(path)
    middle = image[image.shape[0] // 2]
    blue, red = middle[image.shape[1] // 5], middle[3 * image.shape[1] // 5]
    assert blue[2] > blue[0] and red[0] > red[2]

"""Random streams that depend on their purpose alone, not on what was drawn before.

Every programming of a layer has a stream of its own, seeded by (seed, layer, trial); every image
that a layer reads has one seeded by (seed, layer, trial, image). Batches may be of any size and
come in any order, layers may be computed alone, and the numbers stay.
"""

import numpy as np
import torch
from torch import Tensor

from ..errors import NetworkError

PROGRAMMING, HOPPING, READING, WRITING = range(4)
REFERENCE_READING = 5  # 4 draws devices from a posterior (application.study)


def check_seed(seed: int) -> None:
    """Raise NetworkError for what is no seed."""
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise NetworkError(f"A seed is a whole number of 0 or more, not {seed!r}.")


def programming_noise(seed: int, layer: int, trial: int, shape: torch.Size) -> Tensor:
    """Return standard normal numbers, float32, of one programming of a layer."""
    rng = stream(seed, PROGRAMMING, layer, trial)
    return torch.from_numpy(rng.standard_normal(tuple(shape), np.float32))


def stream(seed: int, purpose: int, layer: int, trial: int) -> np.random.Generator:
    """Return the generator of one purpose, layer and trial, at its beginning."""
    return np.random.Generator(
        np.random.SFC64(np.random.SeedSequence([seed, purpose, layer, trial]))
    )


class ReadingNoise:
    """Standard normal numbers for each image that a layer reads: a counter-based generator.

    Philox (Salmon et al., SC 2011) goes to any place of its sequence at once: the image's number is
    part of the counter.
    """

    def __init__(self, seed: int, layer: int, trial: int) -> None:
        self.source = (seed, layer, trial)
        key = np.random.SeedSequence([seed, READING, layer, trial]).generate_state(2, np.uint64)
        self._philox = np.random.Philox(key=key)
        self._generator = np.random.Generator(self._philox)
        self._beginning = self._philox.state

    def of_images(self, first: int, call: int, shape: torch.Size, images: int) -> Tensor:
        """Return numbers of this shape for `images` images from number `first` on, float32.

        `call` counts how often the layer has read these images before. Each image has numbers of
        its own where the first axis is made of images, and else the batch has.
        """
        noise = np.empty(tuple(shape), np.float32)
        by_image = shape[0] % images == 0 if images and noise.size else False
        parts = noise.reshape(images, -1) if by_image else noise.reshape(1, -1)
        for place, into in enumerate(parts):
            self._beginning["state"]["counter"][:] = (0, int(not by_image), call, first + place)
            self._philox.state = self._beginning
            self._generator.standard_normal(dtype=np.float32, out=into)
        return torch.from_numpy(noise)

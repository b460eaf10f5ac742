"""Accuracies that the store has of an inference study under way, for who watches it without torch.

Every programming is stored as it is done, with all that it depends on; that says which are those
of a study with plain mapping: no clipping, one range a layer, float32, ideal lines.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ....storage import ResultRecord
from ..resnet.pretrained import RESNET20

KIND = "infer-cifar100-programming"
PLAIN = {"clipping": "none", "per": "layer", "precision": "float32", "lines": None}


@dataclass(frozen=True, slots=True)
class WatchedStudy:
    """One cell of a study: devices like a model's, with a number of notches, and test images."""

    model: str
    version: int
    notches: int
    images: int
    noise: float = 1.0
    seed: int = 0
    weights: Path = RESNET20


@dataclass(frozen=True, slots=True)
class StudyProgress:
    """Accuracies from 0 to 1: as trained, on the levels without errors, by programming."""

    trained: float | None = None
    on_levels: float | None = None
    programmed: Mapping[int, float] = field(default_factory=dict)


def progress_of(study: WatchedStudy, results: Sequence[ResultRecord]) -> StudyProgress:
    """Return what is known of a study from results of `KIND`, those of the latest code alone."""
    weights = hashlib.sha256(study.weights.read_bytes()).hexdigest()
    found = [each for each in results if _belongs(study, weights, each)]
    latest = found[-1].configuration["code"] if found else None
    trained = on_levels = None
    programmed: dict[int, float] = {}
    for each in found:
        what, accuracy = each.configuration, float(each.data["accuracy"])
        if what["code"] != latest:
            continue
        if what["network"] == "trained":
            trained = accuracy
        elif what["network"] == "on levels":
            on_levels = accuracy
        else:
            programmed[int(what["trial"])] = accuracy
    return StudyProgress(trained, on_levels, dict(sorted(programmed.items())))


def _belongs(study: WatchedStudy, weights: str, result: ResultRecord) -> bool:
    found = result.configuration
    if found["weights"] != weights or result.data["images"] != study.images:
        return False
    if found["network"] == "trained":
        return bool(found["precision"] == PLAIN["precision"])
    return _is_of_model(study, found) and (
        found["network"] == "on levels"
        or (found["noise"], result.seed) == (study.noise, study.seed)
    )


def _is_of_model(study: WatchedStudy, found: Mapping[str, Any]) -> bool:
    devices = {"model": study.model, "version": study.version, "after_s": None}
    wanted = {**PLAIN, "notches": study.notches, "devices": devices}
    return all(found[name] == value for name, value in wanted.items())

"""A readout layer on pairs of devices: where each weight goes, and what is computed with them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.state_model.model import StateModel
from dwmtj.simulators.networks import NetworkError
from dwmtj.simulators.networks.neuron_network.activation import NeuronCurve
from dwmtj.simulators.networks.neuron_network.file import TrainedAnn, load_ann, save_ann
from dwmtj.simulators.networks.neuron_network.training import SHAPES, Samples
from dwmtj.simulators.networks.programming.readout_on_array import (
    conductances_S,
    readout_on_array,
)
from dwmtj.simulators.networks.programming.readout_result import (
    expected_to_leave,
    levels_read,
    stages,
)
from dwmtj.writing.plan import (
    conditions,
    level_edges_ohm,
    write_plan,
)


def a_layer() -> torch.Tensor:
    return torch.randn(10, 128, generator=torch.Generator().manual_seed(3))


def test_a_weight_is_the_difference_of_the_pair_at_its_row_and_columns(
    straight_model: StateModel,
) -> None:
    weights = a_layer()
    readout = readout_on_array(weights, straight_model)
    targets = readout.targets()
    assert targets.shape == (128, 20)
    positive, negative = targets[:, 0::2], targets[:, 1::2]
    assert ((positive == 0) | (negative == 0)).all()
    signs = np.sign(positive - negative)
    ideal = readout.ideal_weights().numpy()
    assert (signs == np.sign(ideal.T)).all()
    kept = signs != 0
    assert (signs[kept] == np.sign(weights.numpy().T[kept])).all()
    largest = targets.max()
    assert ideal[7, 5] == pytest.approx(
        float(readout.layer.scale.flatten()[0])
        * (
            readout.devices.conductance_S[positive[5, 7]]
            - readout.devices.conductance_S[negative[5, 7]]
        )
        / readout.devices.range_S
    )
    assert largest == len(straight_model.levels) - 1


def test_an_open_junction_carries_nothing(straight_model: StateModel) -> None:
    readout = readout_on_array(a_layer(), straight_model)
    resistances = 1.0 / np.array(readout.devices.conductance_S)[readout.targets()]
    assert torch.allclose(readout.weights_of(conductances_S(resistances)), readout.ideal_weights())
    resistances[4, 6] = np.nan  # the positive device of output 3
    changed = readout.weights_of(conductances_S(resistances)) - readout.ideal_weights()
    assert changed[3, 4] < -5
    assert int((changed.abs() > 1e-6).sum()) == 1


def test_edges_lie_between_levels_nearer_to_the_sharper_one(straight_model: StateModel) -> None:
    edges = level_edges_ohm(straight_model)
    means = [level.resistance_ohm.value for level in straight_model.levels]
    assert len(edges) == len(means) + 1
    assert all(high > mean > low for high, mean, low in zip(edges, means, edges[1:], strict=False))
    plan = write_plan(straight_model, np.zeros((1, 2), dtype=np.int64))
    assert levels_read(plan, np.array([[*means[:2], np.nan, 200.0]])).tolist() == [[0, 1, -1, -1]]


def test_what_a_plan_expects_counts_from_saturation(straight_model: StateModel) -> None:
    plan = write_plan(straight_model, np.array([[0, 4]]))
    assert plan.expected_pulses[0] == 0
    assert all(1 <= pulses < 20 for pulses in plan.expected_pulses[1:])


def test_pulses_are_those_of_the_calibration(straight_model: StateModel) -> None:
    found = conditions(straight_model)
    assert (found.pulse_width_s, found.rise_s, found.fall_s) == (50e-9, 10e-9, 10e-9)
    assert found.read_current_A == 20e-6
    assert (found.bias_field_T, found.saturation_field_T) == (-0.004, -0.12)


def test_a_model_that_does_not_tell_how_it_was_measured_is_refused(
    straight_model: StateModel,
) -> None:
    without = replace(
        straight_model, pulses=tuple(replace(one, rise_s=None) for one in straight_model.pulses)
    )
    with pytest.raises(AnalysisError, match="has no rise_s of its runs"):
        conditions(without)
    with pytest.raises(AnalysisError, match="has no saturation_field_T of"):
        conditions(replace(straight_model, saturation_field_T=None))
    with pytest.raises(AnalysisError, match="has no read_current_A of its runs"):
        conditions(replace(straight_model, read_noise=None))
    first, second = straight_model.pulses
    apart = replace(straight_model, pulses=(first, replace(second, field_T=-0.042)))
    with pytest.raises(AnalysisError, match="reset_bias_T equal to write_bias_T"):
        conditions(apart)


def test_a_model_of_one_polarity_names_the_runs_it_lacks(straight_model: StateModel) -> None:
    one_way = replace(straight_model, pulses=straight_model.pulses[:1])
    with pytest.raises(AnalysisError, match="write-reset-cycling"):
        write_plan(one_way, np.zeros((1, 2), dtype=np.int64))


def test_a_model_without_retention_says_nothing_of_it(straight_model: StateModel) -> None:
    readout = readout_on_array(a_layer(), straight_model)
    assert expected_to_leave(straight_model, readout, 1e6) is None


def test_stages_compare_each_layer_with_float32(straight_model: StateModel) -> None:
    generator = torch.Generator().manual_seed(1)
    weights = [torch.randn(shape, generator=generator) * 0.1 for shape in SHAPES]
    trained = TrainedAnn(weights, NeuronCurve(), "mnist", {})
    images = torch.rand(200, 784, generator=generator)
    readout = readout_on_array(weights[1], straight_model)
    ideal_ohm = 1.0 / np.array(readout.devices.conductance_S)[readout.targets()]
    test = Samples(images, torch.zeros(200, dtype=torch.int64))
    float32, on_levels, written = stages(trained, readout, test, {"as written": ideal_ohm})
    assert float32.changed == 0
    assert on_levels.right == written.right
    assert on_levels.changed == written.changed > 0
    low, high = written.interval
    assert low <= written.accuracy <= high


def test_a_network_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "net.safetensors"
    weights = [torch.randn(shape) for shape in SHAPES]
    save_ann(path, TrainedAnn(weights, NeuronCurve(full_scale=3.0), "fashion-mnist", {"seed": 2}))
    found = load_ann(path)
    assert all(torch.equal(a, b) for a, b in zip(found.weights, weights, strict=True))
    assert (found.neuron.full_scale, found.data_set, found.about) == (
        3.0,
        "fashion-mnist",
        {"seed": 2},
    )
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(NetworkError, match="is damaged: train it again"):
        load_ann(path)
    with pytest.raises(NetworkError, match="train one with dwmtj learn ann"):
        load_ann(path.with_name("nothing"))
    weights[0][0, 0] = torch.nan
    save_ann(path, TrainedAnn(weights, NeuronCurve(), "mnist", {}))
    with pytest.raises(NetworkError, match="not finite"):
        load_ann(path)
    save_ann(path, TrainedAnn([weights[1].clone(), weights[1]], NeuronCurve(), "mnist", {}))
    with pytest.raises(NetworkError, match="not the 784-128-10 network"):
        load_ann(path)

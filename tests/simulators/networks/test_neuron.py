"""The neuron is the paper's: nothing for negative input, nearly a ReLU, an end to its range."""

import torch

from dwmtj.simulators.networks.neuron_network.activation import NeuronCurve


def test_negative_input_gives_nothing_and_no_slope() -> None:
    weighted_input = torch.linspace(-10, -1e-6, 50, requires_grad=True)
    output = NeuronCurve()(weighted_input)
    assert not output.any()
    (slope,) = torch.autograd.grad(output.sum(), weighted_input)
    assert not slope.any()


def test_within_its_range_it_is_as_near_to_the_straight_line_as_micromagnetics_has_it() -> None:
    current = torch.linspace(0, 1, 1001)
    apart = (NeuronCurve().conductance(current) - current).abs()
    assert abs(float(apart.max()) - 0.040) < 0.0015
    assert float(apart[-1]) < 2e-4


def test_it_rises_throughout_its_range_and_stays_at_its_largest_beyond() -> None:
    neuron = NeuronCurve(full_scale=4.0)
    inside = neuron(torch.linspace(0, 4, 200))
    assert (inside.diff() > 0).all()
    assert torch.equal(neuron(torch.tensor([4.0, 5.0, 100.0])), inside[-1].expand(3))

"""Residual networks for CIFAR-100: training, weights files, the bundled ResNet-20."""

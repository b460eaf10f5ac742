"""Lets PyVISA find the virtual bench as the back end `@dwmtj`."""

from simulators.bench import VirtualBenchLibrary

WRAPPER_CLASS = VirtualBenchLibrary

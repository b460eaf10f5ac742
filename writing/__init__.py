"""Levels written as a state model was measured: the protocol and its plan.

Above protocols and analysis, whose policies it turns into plans; below station and networks.
"""

"""Voltmeters across the junction, and the current sources that they are read with."""

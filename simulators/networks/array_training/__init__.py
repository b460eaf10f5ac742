"""A readout layer trained with the conductances of its own devices, on a bench or on their twin."""

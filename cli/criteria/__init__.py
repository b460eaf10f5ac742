"""Runs against published or required values, as `report` and `demo` print them."""

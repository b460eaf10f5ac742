"""SCPI as instruments speak it: parser, values, command trees, error queue, ports."""

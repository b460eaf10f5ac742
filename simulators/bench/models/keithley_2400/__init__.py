"""The Keithley 2400 source-meter: its command tables over its analogue and digital halves."""

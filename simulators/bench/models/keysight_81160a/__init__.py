"""The Keysight 81160A pulse function generator: its command tables over its channels."""

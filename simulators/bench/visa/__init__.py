"""The PyVISA back end: library, sessions, events and locks over a virtual lab."""

"""Virtual instruments, one model a file, and the registry of their names."""

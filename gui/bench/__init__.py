"""The panel of the bench: the reading, the instruments, what is done by hand, and the stop."""

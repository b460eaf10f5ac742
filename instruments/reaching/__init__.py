"""What connects one device of many to the instruments, a switch or a prober, and only without
voltage."""

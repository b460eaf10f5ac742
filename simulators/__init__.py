"""What is simulated: the device, the virtual instruments around it, and networks of devices."""

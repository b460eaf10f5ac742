"""Energy, time and area of networks on devices, from circuit assumptions with their sources."""

"""Integration in time: adaptive without temperature, in fixed steps with it."""

"""What a series of readings fluctuates by: white, 1/f or random telegraph noise, or a drift."""

"""The form of a new run: protocol, parameters, what will happen, and its way into the queue."""

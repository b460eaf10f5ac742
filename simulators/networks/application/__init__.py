"""A measured device applied to a task: from its readings to the accuracy of a network."""

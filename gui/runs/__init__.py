"""The runs of the store: found, marked, compared, and looked at one by one."""

"""The commands behind `dwmtj`: each reads its options, calls one room below, prints the result."""

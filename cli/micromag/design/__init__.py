"""`dwmtj micromag design`: a notch against its depth, or against any control of its track."""

"""`dwmtj micromag`: micromagnetic simulation of notched tracks."""

"""Constants in SI units, and the gyromagnetic ratio that the published references use."""

from math import pi

MU0_T_m_per_A = 4e-7 * pi
GYROMAGNETIC_RATIO_m_per_A_s = 2.211e5
"""γ0 = μ0 γ as in OOMMF; with g = 2.0023 it would be 2.2128e5, 0.08 % faster."""
HBAR_J_s = 1.054571817e-34
ELECTRON_CHARGE_C = 1.602176634e-19
BOLTZMANN_J_per_K = 1.380649e-23

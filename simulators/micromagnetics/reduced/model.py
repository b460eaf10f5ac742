"""Collective coordinates of a Néel wall: its position q and the angle φ of its moments.

    (1 + α²) q̇ = γ0 Δ (Γa + α Γb),    (1 + α²) φ̇ = γ0 (Γb - α Γa),

    Γa = (π/2) (H_D + H_x) sin φ - ½ H_K sin 2φ + (π/2) H_FL cos φ + h₁,
    Γb = (π/2) H_DL cos φ - H_p(q) - H_z + h₂,

with H_D = D/(μ0 M_S Δ0), the shape anisotropy of the wall H_K = M_S t ln 2/(π Δ0), Δ0 = √(A/K_eff),
the damping-like and field-like fields of the spin-orbit torque H_DL = -p_y θ ħ J/(2 e μ0 M_S t) and
H_FL = -p_y θ_FL ħ J/(2 e μ0 M_S t), and the pinning H_p(q), the field that holds a wall at q. The
angle is counted from +x to -y, so that J > 0 turns φ to positive values.

Friction belongs to Thiele's width Δ = 2 w t/∫(∂m/∂x)² dV of the film's own wall at rest, which is
narrower than Δ0. The noise h₁, h₂ has the variance α k_B T/(γ0 μ0 M_S Δ w t δt) each in a step δt,
so that the walls have Boltzmann's distribution in q and φ.

Sources: Thiaville et al., EPL 100, 57002 (2012); Martinez et al., J. Appl. Phys. 115, 213909
(2014); Thiele, Phys. Rev. Lett. 30, 230 (1973). Valid for a wall that moves as a whole, in a track
of one width: of a wall whose edges pass a notch one after the other only H_p(q) knows.
"""

from dataclasses import dataclass
from math import log, pi, sqrt

from ..constants import BOLTZMANN_J_per_K, GYROMAGNETIC_RATIO_m_per_A_s, MU0_T_m_per_A
from ..errors import MicromagneticsError
from ..film import Film
from ..material import torque_field_per_current_m
from .pinning import Pinning


@dataclass(frozen=True, slots=True)
class ReducedModel:
    """The constants of the equations above, in SI units, and the pinning of one notch."""

    pinning: Pinning
    thiele_width_m: float
    """Δ."""
    damping: float
    dmi_field_A_per_m: float
    """H_D."""
    wall_anisotropy_A_per_m: float
    """H_K."""
    damping_like_per_current_m: float
    """H_DL/J, positive if J > 0 drives a wall with φ = 0 to +x."""
    field_like_per_current_m: float
    moment_T_m2: float
    """2 μ0 M_S w t: force of a field on the wall."""
    field_x_A_per_m: float = 0.0
    field_z_A_per_m: float = 0.0

    @property
    def angle_at_rest_rad(self) -> float:
        """φ without current: 0, or π for D < 0."""
        return 0.0 if self.dmi_field_A_per_m >= 0 else pi

    @property
    def push_per_current_m(self) -> float:
        """(π/2) H_DL cos φ/J of a wall at rest, the field along its direction that a current is."""
        sign = 1.0 if self.dmi_field_A_per_m >= 0 else -1.0
        return sign * pi / 2 * self.damping_like_per_current_m

    def noise_A_per_m(self, temperature_K: float, step_s: float) -> float:
        """Return the standard deviation of h₁ and of h₂ in a step."""
        energy_J = self.damping * BOLTZMANN_J_per_K * temperature_K
        moment = GYROMAGNETIC_RATIO_m_per_A_s * self.moment_T_m2 / 2 * self.thiele_width_m
        return sqrt(energy_J / (moment * step_s))

    def velocity_m_per_s(self, current_A_per_m2: float) -> float:
        """Return the steady velocity of a free wall, φ̇ = 0; 0 where a steady one does not exist.

        Γb = α Γa there, and q̇ = γ0 Δ Γa.
        """
        from scipy.optimize import brentq

        def excess(angle_rad: float) -> float:
            push, turn = self.drives_A_per_m(angle_rad, current_A_per_m2)
            return push - self.damping * turn

        rest, quarter = self.angle_at_rest_rad, pi / 2
        low, high = rest - quarter, rest + quarter
        if excess(low) * excess(high) >= 0:
            return 0.0
        angle_rad = float(brentq(excess, low, high, xtol=1e-12))
        turn = self.drives_A_per_m(angle_rad, current_A_per_m2)[1]
        return GYROMAGNETIC_RATIO_m_per_A_s * self.thiele_width_m * turn

    def drives_A_per_m(self, angle_rad: float, current_A_per_m2: float) -> tuple[float, float]:
        """Return Γb and Γa of a free wall, without noise."""
        from math import cos, sin

        sine, cosine = sin(angle_rad), cos(angle_rad)
        push = pi / 2 * self.damping_like_per_current_m * current_A_per_m2 * cosine
        turn = (
            pi / 2 * (self.dmi_field_A_per_m + self.field_x_A_per_m) * sine
            - self.wall_anisotropy_A_per_m * sine * cosine
            + pi / 2 * self.field_like_per_current_m * current_A_per_m2 * cosine
        )
        return push - self.field_z_A_per_m, turn


def reduced_model(film: Film, pinning: Pinning, thiele_width_m: float) -> ReducedModel:
    """Return the model of a film with a table of its pinning.

    Raises MicromagneticsError for a torque or a field that the model does not have.
    """
    check_reducible(film)
    material, thickness_m = film.material, film.cells.thickness_m
    ms, width_m = material.saturation_magnetization_A_per_m, film.width_m
    torque = film.torque
    assert torque is not None
    sign = -torque.polarization[1]
    per_current_m = sign * torque_field_per_current_m(material, thickness_m)
    return ReducedModel(
        pinning=pinning,
        thiele_width_m=thiele_width_m,
        damping=material.damping,
        dmi_field_A_per_m=material.dmi_J_per_m2 / (MU0_T_m_per_A * ms * material.wall_width_m),
        wall_anisotropy_A_per_m=ms * thickness_m * log(2) / (pi * material.wall_width_m),
        damping_like_per_current_m=per_current_m * torque.spin_hall_angle,
        field_like_per_current_m=per_current_m * torque.field_like_angle,
        moment_T_m2=2 * MU0_T_m_per_A * ms * width_m * thickness_m,
        field_x_A_per_m=film.flux_density_T[0] / MU0_T_m_per_A,
        field_z_A_per_m=film.flux_density_T[2] / MU0_T_m_per_A,
    )


def check_reducible(film: Film) -> None:
    """Raise MicromagneticsError unless the model has all that drives the film's wall."""
    torque = film.torque
    if torque is None or torque.spin_hall_angle == 0:
        raise MicromagneticsError(
            "The reduced model is tabulated with a current: give the torque a spin-Hall angle."
        )
    if torque.asymmetry != 1 or abs(torque.polarization[1]) < 1 - 1e-6:
        raise MicromagneticsError(
            "The reduced model has no asymmetry Λ and a polarization along y only: set asymmetry = "
            "1 and polarization = [0, -1, 0]."
        )
    if film.material.dmi_J_per_m2 == 0:
        raise MicromagneticsError(
            "Without DMI the wall is a Bloch wall, which the torque does not push: give D a value."
        )
    if film.flux_density_T[1] != 0:
        raise MicromagneticsError("The reduced model has no field along y: set it to 0.")

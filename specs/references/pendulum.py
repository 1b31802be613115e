"""Reference for pendulum.pde: theta'' = -sin(theta), theta(0) = 2, theta'(0) = 0.

Closed form: theta = 2*asin(k*cd(t, k)) with the modulus k = sin(theta(0)/2), by the Jacobi
functions of scipy.  Accuracy: 1.8e-13 relative (maximum norm) against DOP853 with
rtol = 1e-13.
"""

import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import ellipj
from table import difference, write

START = 2


def closed_form(t):
    """Return theta(t)."""
    k = np.sin(START / 2)
    _, cn, dn, _ = ellipj(t, k**2)
    return 2 * np.arcsin(k * cn / dn)


def slope(_, state):
    """Return the slopes of the angle and of the speed."""
    return [state[1], -np.sin(state[0])]


def integrate(t):
    """Return theta(t) by DOP853."""
    span, start = (t[0], t[-1]), [START, 0]
    return solve_ivp(slope, span, start, "DOP853", t, rtol=1e-13, atol=1e-14).y[0]


def main():
    """Write the table and print its accuracy."""
    t = np.linspace(0, 10, 1001)
    theta = closed_form(t)
    print(f"difference {difference(theta, integrate(t)):.1e}")
    write("pendulum", "t,theta", [t, theta])


if __name__ == "__main__":
    main()

"""Reference for lotka_volterra.pde: u' = alpha*u - beta*u*v, v' = delta*u*v - gamma*v.

Scheme: DOP853 with rtol = 1e-13; alpha = 2/3, beta = 4/3, gamma = delta = 1, u(0) = v(0) = 1.
Accuracy: 4.0e-13 relative (maximum norm) against rtol = 3e-14; the first integral
delta*u - gamma*log(u) + beta*v - alpha*log(v) drifts by 9.7e-13.
"""

import numpy as np
from scipy.integrate import solve_ivp
from table import difference, write

ALPHA, BETA, GAMMA, DELTA = 2 / 3, 4 / 3, 1, 1


def slope(_, s):
    """Return the right-hand sides."""
    u, v = s
    return [ALPHA * u - BETA * u * v, DELTA * u * v - GAMMA * v]


def solve(t, rtol):
    """Return u and v at the times t."""
    return solve_ivp(slope, (t[0], t[-1]), [1, 1], "DOP853", t, rtol=rtol, atol=1e-15).y


def invariant(u, v):
    """Return the first integral of the orbits."""
    return DELTA * u - GAMMA * np.log(u) + BETA * v - ALPHA * np.log(v)


def main():
    """Write the table and print its accuracy."""
    t = np.linspace(0, 20, 1001)
    u, v = solve(t, 1e-13)
    print(f"difference {difference(np.array([u, v]), solve(t, 3e-14)):.1e}")
    print(f"drift {np.ptp(invariant(u, v)):.1e}")
    write("lotka_volterra", "t,u,v", [t, u, v])


if __name__ == "__main__":
    main()

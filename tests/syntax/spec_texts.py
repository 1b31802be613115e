"""Specs that several tests read: the whole language in a few files."""

from __future__ import annotations

HELMHOLTZ = """\
language 1
problem "2D Helmholtz, manufactured solution"
param   k = 1, a1 = 1, a2 = 4
domain  Omega: (x, y) in [-1, 1]^2
unknown u(x, y)
let      us   = sin(a1*pi*x) * sin(a2*pi*y)
operator L[w] = lap(w) + k^2*w
eq: L[u] = L[us]
bc: u = 0  on boundary
exact u = us
output peak = max(u), flux = integral(dn(u), x = 1)
"""

WAKE = """\
problem "Cylinder wake: identify lambda1 and lambda2"
domain  Omega: (x, y) in [1, 8] * [-2, 2]
time    t in [0, 20]
unknown v(x, y, t) in R^2, p(x, y, t)
unknown lambda1 guess 0, lambda2 > 0 guess 0.1
data    wake(x, y, t, vx, vy) from "cylinder_wake.csv"
eq momentum: d(v, t) + lambda1*advect(v, v)
             = -grad(p) + lambda2*lap(v)
eq mass:     div(v) = 0
fit:         v = (wake.vx, wake.vy)  on wake
"""

BURGERS = """\
problem "Viscous Burgers"
param   nu = 0.01/pi
domain  Omega: x in [-1, 1]
time    t in [0, 1]
unknown u(x, t)
eq: u_t + u*u_x = nu*u_xx
ic: u = -sin(pi*x)  at t = 0
bc: u = 0           on boundary
reference u(x, t) from "burgers_cole_hopf.csv"
"""

HOLE = """\
problem "Poisson, disk with a hole, mixed conditions"
param   h = 2, uinf = 0.5
region  D = disk(center = (0, 0), radius = 1)
region  H = disk(center = (0.3, 0), radius = 0.2)
domain  Omega: (x, y) in D minus H
unknown u(x, y)
eq:       -lap(u) = 1
bc fixed: u = 0                     on boundary(D) where y >= 0
bc robin: dn(u) + h*(u - uinf) = 0  on boundary(D) where y < 0
bc hole:  dn(u) = 0                 on boundary(H)
"""

FIVE = """\
problem "Laplace in five dimensions"
domain  Omega: x in [0, 1]^5
unknown u(x)
let us = sum(sin(pi*x[i]) for i in 1..5)
eq: lap(u) = -pi^2*us
bc: u = us  on boundary
exact u = us
"""

INTERFACE = """\
problem "Two materials, perfect contact"
param     k1 = 1, k2 = 10
domain    A: (x, y) in [-1, 0] * [0, 1]
domain    B: (x, y) in [0, 1] * [0, 1]
interface Gamma = A intersect B
unknown   u1(x, y) in A, u2(x, y) in B
eq left:  -div(k1*grad(u1)) = 1      in A
bc cold:  u1 = 0                     on boundary(A) minus Gamma
bc value: u1 = u2                    on Gamma
"""

FORMS = """\
param beta in [1, 30], k = 2
let f(s) = s^3 - s, c = 1e-4
let cond = if(x > 0 and not y <= 1 or x != 2, 1, -1)
unknown u, w in R^2 in A, k1 > 0 < 3 guess 1
unknown a in B > 0
eq gauge: integral(p, Omega) = 0
bc lid: v = (1, 0), p = 0  on y = 1, x = 0
bc: u, v periodic in x, y
bc: u(x=0) = u(x=1)
eq: dot(((k11, k12), (k21, k22)), grad(u)) = 0  at (x, y) = (0, 0), t = 1
reference u(x, t), v from "rd.csv"
exact u = us, v = vs
eq: v[1]^-2^x = -(a*b)*-c/d - (e - f)
region P = polygon((0, 0), (1, 0), (0, 1)) union ball(center = (0, 0, 0), radius = 1)
time t in [0, 1]
eq: u = 0  on boundary where x < 1 and y > 0
bc: u_x(x=0) = d(u, x)(x=1)  in A
include "materials.pde"
"""

ALL = [HELMHOLTZ, WAKE, BURGERS, HOLE, FIVE, INTERFACE, FORMS]

# source: Raissi, Perdikaris and Karniadakis 2019, arXiv 1711.10566, section 4.1 (Re = 100)
# note: the data are of our own simulation, references/cylinder_wake.py; p is fixed at one point
problem "Cylinder wake: identify lambda1 and lambda2"
domain Omega: (x, y) in [1, 8] * [-2, 2]
time t in [0, 20]
unknown v(x, y, t) in R^2, p(x, y, t)
unknown lambda1 guess 0, lambda2 > 0 guess 0.1
data wake(x, y, t, vx, vy) from "data/cylinder_wake.csv"
eq momentum: d(v, t) + lambda1*advect(v, v) = -grad(p) + lambda2*lap(v)
eq mass: div(v) = 0
eq gauge: p = 0  at (x, y) = (8, 0)
fit: v = (wake.vx, wake.vy)  on wake
exact lambda1 = 1, lambda2 = 0.01

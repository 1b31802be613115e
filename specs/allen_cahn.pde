# source: Raissi, Perdikaris and Karniadakis 2019, arXiv 1711.10561, section 3.2
# note: the periodic initial state has a kink at x = 1 (slopes -2 and 2), gone at once for t > 0
problem "Allen-Cahn, periodic"
param eps = 1e-4
domain Omega: x in [-1, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t - eps*u_xx + 5*u^3 - 5*u = 0
ic: u = x^2*cos(pi*x)  at t = 0
bc: u periodic in x
reference u(x, t) from "data/allen_cahn.csv"

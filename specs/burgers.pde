# source: Basdevant et al. 1986; Raissi, Perdikaris and Karniadakis 2019, arXiv 1711.10561
problem "Viscous Burgers"
param nu = 0.01/pi
domain Omega: x in [-1, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t + u*u_x = nu*u_xx
ic: u = -sin(pi*x)  at t = 0
bc: u = 0  on boundary
reference u(x, t) from "data/burgers.csv"

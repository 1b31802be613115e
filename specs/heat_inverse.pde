# source: textbook; 400 values of the exact solution with noise of deviation 0.01
problem "Heat equation: identify the diffusivity"
domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
unknown kappa > 0 guess 1
data probe(x, t, value) from "data/heat_inverse.csv"
eq: u_t = kappa*u_xx
ic: u = sin(pi*x)  at t = 0
bc: u = 0  on boundary
fit: u = probe.value  on probe
exact u = exp(-0.1*pi^2*t)*sin(pi*x), kappa = 0.1

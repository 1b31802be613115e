# source: Schwencke and Furtlehner 2024, arXiv 2412.10782, Allen-Cahn experiment (as in DeepXDE)
problem "Allen-Cahn, fixed ends"
param D = 1e-3
domain Omega: x in [-1, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t - D*u_xx = 5*(u - u^3)
ic: u = x^2*cos(pi*x)  at t = 0
bc: u = -1  on boundary
reference u(x, t) from "data/allen_cahn_anagram.csv"

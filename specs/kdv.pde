# source: Zabusky and Kruskal 1965; Wang et al. 2023, arXiv 2308.08468 (eta = 1, mu = 0.022)
problem "Korteweg-de Vries, a cosine breaks into solitons"
param eta = 1, mu = 0.022
domain Omega: x in [-1, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t + eta*u*u_x + mu^2*u_xxx = 0
ic: u = cos(pi*x)  at t = 0
bc: u periodic in x
reference u(x, t) from "data/kdv.csv"

# source: Wang, Sankaran and Perdikaris 2022, arXiv 2203.07404 (the regular case)
problem "Kuramoto-Sivashinsky, regular"
param alpha = 5, beta = 0.5, gamma = 0.005
domain Omega: x in [-1, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t + alpha*u*u_x + beta*u_xx + gamma*u_xxxx = 0
ic: u = -sin(pi*x)  at t = 0
bc: u periodic in x
reference u(x, t) from "data/kuramoto_sivashinsky.csv"

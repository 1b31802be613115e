# source: Hao et al. 2023, arXiv 2306.08827, KS
problem "Kuramoto-Sivashinsky, chaotic"
param alpha = 100/16, beta = 100/16^2, gamma = 100/16^4
domain Omega: x in [0, 2*pi]
time t in [0, 1]
unknown u(x, t)
eq: u_t + alpha*u*u_x + beta*u_xx + gamma*u_xxxx = 0
ic: u = cos(x)*(1 + sin(x))  at t = 0
bc: u periodic in x

# source: Krishnapriyan et al. 2021, arXiv 2109.01050, section 4 (convection, beta = 30)
problem "Linear advection"
param beta = 30
domain Omega: x in [0, 2*pi]
time t in [0, 1]
unknown u(x, t)
eq: u_t + beta*u_x = 0
ic: u = sin(x)  at t = 0
bc: u periodic in x
exact u = sin(x - beta*t)

# source: Hao et al. 2023, arXiv 2306.08827, Wave 1d-C
problem "Waves on a string, two standing modes"
domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_tt = 4*u_xx
ic: u = sin(pi*x) + sin(4*pi*x)/2, u_t = 0  at t = 0
bc: u = 0  on boundary
exact u = sin(pi*x)*cos(2*pi*t) + sin(4*pi*x)*cos(8*pi*t)/2

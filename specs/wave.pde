# source: Wang, Yu, Perdikaris 2022, arXiv 2007.14527; Rathore et al. 2024, arXiv 2402.01868
problem "Wave equation, two standing modes"
param c = 2, beta = 5
domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_tt = c^2*u_xx
ic: u = sin(pi*x) + sin(beta*pi*x)/2, u_t = 0  at t = 0
bc: u = 0  on boundary
exact u = sin(pi*x)*cos(c*pi*t) + sin(beta*pi*x)*cos(beta*c*pi*t)/2

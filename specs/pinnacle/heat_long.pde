# source: Hao et al. 2023, arXiv 2306.08827, Heat 2d-LT
problem "Heat over a long time, nonlinear source"
domain Omega: (x, y) in [0, 1]^2
time t in [0, 100]
unknown u(x, y, t)
eq: u_t = 0.001*lap(u) + 5*sin(u^2)*(1 + 2*sin(pi*t/4))*sin(4*pi*x)*sin(2*pi*y)
bc: u = 0  on boundary
ic: u = sin(4*pi*x)*sin(3*pi*y)  at t = 0

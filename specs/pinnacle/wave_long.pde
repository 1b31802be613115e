# source: Hao et al. 2023, arXiv 2306.08827, Wave 2d-MS
# note: with the wave numbers as published neither term satisfies the equation; here they are paired so that both do
problem "Waves over a long time, two scales"
domain Omega: (x, y) in [0, 1]^2
time t in [0, 100]
unknown u(x, y, t)
let shape = sin(3*pi*x)*sinh(2*pi*y) + sinh(pi*x)*sin(pi*y)
eq: u_tt = u_xx + 2*u_yy
bc: u = shape*cos(pi*t)  on boundary
ic: u = shape, u_t = 0  at t = 0
exact u = shape*cos(pi*t)

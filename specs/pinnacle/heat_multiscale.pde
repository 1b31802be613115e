# source: Hao et al. 2023, arXiv 2306.08827, Heat 2d-MS
problem "Heat, slow along one axis and fast along the other"
domain Omega: (x, y) in [0, 1]^2
time t in [0, 5]
unknown u(x, y, t)
let start = sin(20*pi*x)*sin(pi*y)
eq: u_t = u_xx/(500*pi)^2 + u_yy/pi^2
bc: u = 0  on boundary
ic: u = start  at t = 0
exact u = start*exp(-(0.0016 + 1)*t)

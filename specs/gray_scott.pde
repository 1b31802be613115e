# source: Gray and Scott 1984; coefficients of Wang et al. 2024, arXiv 2402.00326, here in 1D
# note: the Gaussians are below 1e-31 at the ends, so that the periodic initial state is smooth
problem "Gray-Scott in one dimension"
param Du = 0.2, Dv = 0.1, b1 = 40, b2 = 100, c = 1000
domain Omega: x in [-1, 1]
time t in [0, 1]
unknown u(x, t), v(x, t)
eq substrate: u_t = Du*u_xx + b1*(1 - u) - c*u*v^2
eq activator: v_t = Dv*v_xx - b2*v + c*u*v^2
ic: u = 1 - exp(-80*(x + 0.05)^2), v = exp(-80*(x - 0.05)^2)  at t = 0
bc: u, v periodic in x
reference u(x, t), v(x, t) from "data/gray_scott.csv"

problem "Heat through a plate"
param k = 2
domain Omega: (x, y) in [0, 1]^2
time t in [0, 1]
unknown u(x, y, t)
let heat = integral(u(t = 1), Omega)
eq: u_t = k*lap(u)
bc: u = 0  on boundary
ic: u = sin(pi*x)*sin(pi*y)  at t = 0
output through = integral(k*dn(u(t = 1)), x = 0, x = 1)
output mean = heat/integral(1, Omega), peak = max(u), low = min(u(t = 1), y = 0)
output here = u(0.5, 0.5, 1), slope = u_x(0, 0.5, 1), ratio = peak/here

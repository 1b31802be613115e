# Nonlinear transport with diffusion: a wave steepens into a layer.
problem "Burgers' equation"
param nu = 0.2
domain Omega: x in [-1, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t + u*u_x = nu*u_xx
ic: u = -sin(pi*x)  at t = 0
bc: u = 0  on boundary
output steepest = u_x(0, 1)

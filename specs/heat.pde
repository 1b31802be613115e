# source: textbook separation of variables, the usual first example of a PINN
problem "Heat equation"
param D = 1
domain Omega: x in [0, pi]
time t in [0, 1]
unknown u(x, t)
eq: u_t = D*u_xx
ic: u = sin(x)  at t = 0
bc: u = 0  on boundary
exact u = exp(-D*t)*sin(x)

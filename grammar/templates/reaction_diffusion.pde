# A population that spreads and grows up to 1; nothing leaves through the ends.
problem "Fisher's equation"
param D = 0.1, r = 1
domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = D*u_xx + r*u*(1 - u)
ic: u = (1 + cos(pi*x))/4  at t = 0
bc: dn(u) = 0  on boundary
output mean = integral(u(t = 1), Omega)

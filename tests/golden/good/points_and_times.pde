problem "Conditions at points and times"
domain  Omega: (x, y) in [-1, 1]^2
time    t in [0, 1]
unknown u(x, y, t)
eq:       u_t = lap(u)
ic:       u = cos(pi*x)*cos(pi*y)  at t = 0
bc:       dn(u) = 0                on boundary
eq centre: u = exp(-2*pi^2*t)      at (x, y) = (0, 0)

domain Omega: x in [0, 1]
time t = [0, 1]
unknown u(x, t)
let f = sin(t)
eq: u_t = u_xx + f
ic: u = 0 at t = 0
bc: u = f on boundary
exact u = x*t

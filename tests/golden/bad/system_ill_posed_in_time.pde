domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t), v(x, t)
eq: u_t = u_xx + 3*v_xx
eq: v_t = 3*u_xx + v_xx
ic: u = sin(pi*x) at t = 0
ic: v = 0 at t = 0
bc: u = 0, v = 0 on boundary

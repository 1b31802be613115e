unknown k
time t in [0, 1]
unknown u(t)
eq: u_t = -k*u
ic: u = 1 at t = 0
eq final: u = 0.1 at t = 1

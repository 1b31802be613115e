domain Omega: x in [0, 1]
time t in [1, 0]
unknown u
eq: u_t = u_xx
ic: u = 0 at t = 0
bc: u = 0 on boundary

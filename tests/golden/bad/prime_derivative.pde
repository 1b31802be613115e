time t in [0, 1]
unknown u(t)
eq: u' = -u
ic: u = 1 at t = 0

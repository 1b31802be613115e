time t in [0, 1]
unknown u(t)
eq: u = 1 + integral(u(s)*abs(s - 0.5), s in [0, t])

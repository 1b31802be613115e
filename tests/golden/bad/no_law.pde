domain Omega: x in [0, 1]
unknown u(x)

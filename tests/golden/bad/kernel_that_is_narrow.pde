domain Omega: x in [0, 1]
unknown u(x)
eq: u = 1 - integral(exp(-1e9*(x - s)^2)*u(s), s in [0, 1])

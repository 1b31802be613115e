param k = 2, pi = 3
domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: laplace(u) + k u = 1
bc bottom: u = (0, 0) on y = 0
bc top: u = 0 on y = 2
bc sides: v = 0 on x = 0, x = 1

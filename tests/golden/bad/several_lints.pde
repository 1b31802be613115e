param k = 2
domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = x
bc: u = 0 on y = 0, x = 1
exact u = x*y

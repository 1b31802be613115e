domain Omega: (x, y) in [0, 1]^2
unknown v(x, y) in R^2
eq: v·∇v = lap(v) + (1, 0)
bc: v = (0, 0) on boundary

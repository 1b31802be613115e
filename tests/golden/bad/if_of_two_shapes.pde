domain Omega: (x, y) in [0, 1]^2
unknown v(x, y) in R^2
eq: lap(v) = if(x > 0.5, (1, 0), 0)
bc: v = 0 on boundary

domain Omega: (x, y) in [0, 1]^2
unknown v(x, y) in R^2
operator L[w] = lap(w) + w^2
eq: L[v] = 0
bc: v = (1, 0) on boundary

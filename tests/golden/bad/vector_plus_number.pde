domain Omega: (x, y) in [0, 1]^2
unknown v(x, y) in R^2, p(x, y)
eq momentum: -lap(v) + p = 0
eq mass: div(v) = 0
bc: v = 0 on boundary

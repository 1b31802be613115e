domain D: (x, y) in [0, 1]^2
unknown T(x, y)
eq: lap(T) = T
bc: dT/dn = 1 on boundary

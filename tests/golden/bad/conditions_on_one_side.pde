domain Omega: (y, z) in [0, 1]^2
unknown u(y, z)
eq: lap(u) = 0
bc: u = 0 on y = 0, y = 1
bc value: u = sin(pi*y) on z = 0
bc slope: dn(u) = 0 on z = 0

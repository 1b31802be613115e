domain Omega: (x, y, z) in rotate([0, 1]^3, pi/6)
unknown u(x, y, z)
eq: lap(u) = 1
bc: u = 0 on boundary

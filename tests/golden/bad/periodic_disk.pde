domain Omega: (x, y) in disk(center = (0, 0), radius = 1)
unknown u(x, y)
eq: lap(u) = u
bc: u periodic in x

domain Omega: (x, y) in curve((cos(s), sin(s)) for s in 0..6.28)
unknown u(x, y)
eq: -lap(u) = 1
bc: u = 0 on boundary

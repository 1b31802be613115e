domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
let f(s, s) = s^2
eq: lap(u) = f(x, y)
bc: u = 0 on boundary

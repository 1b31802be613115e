domain Omega: x in [0, 1]
unknown u(x)
let f(s, t) = s*t
eq: u_xx = f(x)
bc: u = 0 on boundary

domain Omega: x in [0, 1]
unknown u(x)
let f(s) = s^2
eq: u_xx = f
bc: u = 0 on boundary

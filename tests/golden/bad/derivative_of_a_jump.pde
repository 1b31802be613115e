domain Omega: x in [-1, 1]
unknown u(x)
let k = 1 + heaviside(u)
eq: d(k*u_x, x) = 1
bc: u = 0 on boundary

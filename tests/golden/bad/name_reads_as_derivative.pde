domain Omega: x in [0, 1]
unknown u(x)
let u_x = 2*x
eq: u_xx = 1
bc: u = 0 on boundary

domain Omega: x in [0, 1]
unknown u(x)
eq: d/dx((1 + x)*u_x) = 1
bc: u = 0 on boundary

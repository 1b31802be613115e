domain D: x in (0, 2*pi)
unknown u(x)
eq: u_xx = 1
bc: u = 0 on boundary

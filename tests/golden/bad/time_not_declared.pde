domain D: x in [0, 1]
unknown u(x)
eq: u_t = u_xx + 1
bc: u = 0 on boundary

# --set beta=2
param beta in [1, 5]
domain D: x in [0, 1]
unknown u(x, beta)
eq: u_xx = beta
bc: u = 0 on boundary

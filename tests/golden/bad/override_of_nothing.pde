# --set Re=100
param re = 10
domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = re
bc: u = 0 on boundary

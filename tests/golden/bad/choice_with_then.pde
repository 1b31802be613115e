domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = if x > 0.5 then 1 else 2
bc: u = 0 on boundary

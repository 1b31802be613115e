domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = sum(sin(i*x) for i in 1..1000000)
bc: u = 0 on boundary

param k = 1
domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx - u = k
bc: k periodic in x

domain Omega: x in R
unknown u(x)
eq: u_xx = 1
bc: u(x=0) = 0

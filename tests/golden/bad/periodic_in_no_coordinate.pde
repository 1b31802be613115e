domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx = u
bc: u periodic in z

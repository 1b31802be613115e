domain Omega: x in [0, 1]
unknown n(x)
eq: n_xx = 1
bc: n = 0 on boundary

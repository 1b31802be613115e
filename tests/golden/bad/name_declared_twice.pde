param k = 1
domain Omega: x in [0, 1]
unknown k(x)
eq: k_xx = 1
bc: k = 0 on boundary

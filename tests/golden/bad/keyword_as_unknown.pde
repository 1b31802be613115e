domain Omega: x in [0, 1]
unknown data(x)
eq: d(data, x, 2) = 1
bc: data = 0 on boundary

domain Omega: x in [0, 1]
unknown u(x)
operator L[w] = d(w, x, 2)
eq: L = 1
bc: u = 0 on boundary

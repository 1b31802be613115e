domain Omega: (x, y) in disc(center = (0, 0), radius = 1)
unknown v in R^2, p
operator L[w] = lap(w) + grad(div(w))
eq: L[v] = grad(p)
eq: div(v) = integral(p, Omega)
bc: v = n on boundary
bc: p = 1 on x = 0

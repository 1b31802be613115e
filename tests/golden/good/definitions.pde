problem "Functions and operators"
param   D = 0.1, a = 2
domain  Omega: (x, y) in [0, 1]^2
unknown u(x, y), w(x, y)
let      f(s) = s - s^3, g(r, s) = r*f(s) + a
operator L[p] = D*lap(p) + d(p, x)
operator B[p, q] = dot(grad(p), grad(q)) - p_y*q
eq: L[u] + g(w, u) = B[u, w] + f(x)
eq: L[w] + f(w) = L[u*w]
bc: u = 1, w = x*y  on boundary

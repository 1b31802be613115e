# Plane elasticity (Lamé): the load that belongs to a displacement, which the boundary has.
problem "Linear elasticity"
param lambda = 1, mu = 0.5
domain Omega: (x, y) in [0, 1]^2
unknown u(x, y) in R^2
let us = (sin(pi*x)*y^2, x*y^2)
operator stress[w] = lambda*grad(div(w)) + mu*lap(w) + mu*grad(div(w))
eq: stress[u] = stress[us]
bc: u = us  on boundary
# Where the solution is known it gives errors, and is put into every law. Else leave it out.
exact u = us

# Poisson's equation on a rectangle: values on some sides, a flux on another.
problem "Poisson's equation"
param k = 1
domain Omega: (x, y) in [0, 1] * [0, 1]
unknown u(x, y)
let f = 2*pi^2*k*sin(pi*x)*sin(pi*y)
eq: -k*lap(u) = f
bc walls: u = 0  on x = 0, x = 1, y = 0
bc flux: k*dn(u) = -k*pi*sin(pi*x)  on y = 1
# Where the solution is known it gives errors, and is put into every law. Else leave it out.
exact u = sin(pi*x)*sin(pi*y)
output total = integral(u, Omega)

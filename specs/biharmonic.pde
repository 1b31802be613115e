# source: textbook; manufactured clamped solution
problem "Clamped plate, manufactured solution"
domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
let us = sin(pi*x)^2*sin(pi*y)^2
eq: lap(lap(u)) = lap(lap(us))
bc: u = 0, dn(u) = 0  on boundary
exact u = us

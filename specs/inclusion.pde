# source: textbook, a circular inclusion of another conductivity in a uniform field (Maxwell)
problem "Circular inclusion in a uniform field"
param k1 = 10, k2 = 1, a = 0.4
domain A: (x, y) in disk(center = (0, 0), radius = a)
domain B: (x, y) in [-1, 1]^2 minus disk(center = (0, 0), radius = a)
interface Gamma = A intersect B
unknown u1(x, y) in A, u2(x, y) in B
let b = (k1 - k2)/(k1 + k2)
let far = x - b*a^2*x/(x^2 + y^2)
eq inside: -div(k1*grad(u1)) = 0  in A
eq outside: -div(k2*grad(u2)) = 0  in B
bc outer: u2 = far  on boundary(B) minus Gamma
bc value: u1 = u2  on Gamma
bc flux: k1*dn(u1) = k2*dn(u2)  on Gamma
exact u1 = (1 - b)*x, u2 = far

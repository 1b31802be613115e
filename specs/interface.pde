# source: textbook, conduction through two slabs with a heat source
# note: top and bottom are insulated, so that the solution depends on x alone
problem "Two materials, perfect contact"
param k1 = 1, k2 = 10
domain A: (x, y) in [-1, 0] * [0, 1]
domain B: (x, y) in [0, 1] * [0, 1]
interface Gamma = A intersect B
unknown u1(x, y) in A, u2(x, y) in B
let q = (1 - 1/(2*k1) + 1/(2*k2))/(1/k1 + 1/k2)
let b = (1/2 + q)/k1
eq left: -div(k1*grad(u1)) = 1  in A
eq right: -div(k2*grad(u2)) = 1  in B
bc cold: u1 = 0  on x = -1
bc hot: u2 = 1  on x = 1
bc side1: dn(u1) = 0  on boundary(A) minus Gamma where x > -1
bc side2: dn(u2) = 0  on boundary(B) minus Gamma where x < 1
bc value: u1 = u2  on Gamma
bc flux: k1*dn(u1) = k2*dn(u2)  on Gamma
exact u1 = b + (q*x - x^2/2)/k1, u2 = b + (q*x - x^2/2)/k2

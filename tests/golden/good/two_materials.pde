problem "Two materials, perfect contact"
param     k1 = 1, k2 = 10
domain    A: (x, y) in [-1, 0] * [0, 1]
domain    B: (x, y) in [0, 1] * [0, 1]
interface Gamma = A intersect B
unknown   u1(x, y) in A, u2(x, y) in B
eq left:  -div(k1*grad(u1)) = 1  in A
eq right: -div(k2*grad(u2)) = 1  in B
bc cold:  u1 = 0                 on boundary(A) minus Gamma
bc hot:   u2 = 1                 on boundary(B) minus Gamma
bc value: u1 = u2                on Gamma
bc flux:  k1*dn(u1) = k2*dn(u2)  on Gamma

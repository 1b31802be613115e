# Two materials side by side: a domain and an unknown for each, and what holds between them.
problem "Two materials"
param k1 = 1, k2 = 10
domain A: x in [-1, 0]
domain B: x in [0, 1]
interface Gamma = A intersect B
unknown u(x) in A, v(x) in B
eq left: -k1*u_xx = 1  in A
eq right: -k2*v_xx = 1  in B
bc cold: u = 0  on x = -1
bc hot: v = 1  on x = 1
bc value: u = v  on Gamma
bc flux: k1*dn(u) = k2*dn(v)  on Gamma
output between = u(0)

problem "Anisotropic diffusion"
param   k11 = 2, k12 = 0.5, k22 = 1
domain  Omega: (x, y) in [0, 1]^2
unknown u(x, y)
let K = ((k11, k12), (k12, k22))
let us = x*(1 - x)*y*(1 - y)
eq: div(dot(K, grad(u))) = div(dot(grad(us), K)) + K[1][2] - K[2, 1]
bc: u = 0  on boundary
exact u = us

problem "Vectors of parameters, repeated sets, values by cases"
param   c = ((-0.5, 0), (0.5, 0), (0, 0.5)), r = 0.1, k = (1, 4)
region  H = union(disk(center = c[i], radius = r) for i in 1..3)
domain  Omega: (x, y) in [-1, 1]^2 minus H
unknown u(x, y)
let kappa = k[1] if x < -0.7 else k[2] if x < 0.7 else 2
let flow = (1, 0) if y > 0 else (y, x)
eq: -kappa*lap(u) + dot(flow, grad(u)) = sum(k[i]*x^i for i in 1..2)
bc: u = 0  on boundary(H)
bc: u = 1  on x = -1, x = 1
bc: u = (1 if x < 0 else x)  on y = -1, y = 1

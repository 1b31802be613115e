domain Omega: (x, y) in [0, 1]^2
unknown u(x, y)
let k = if(x^2 + y^2 < 0.25, 1, 10)
eq: div(k*grad(u)) = 1
bc: u = 0 on boundary

domain Omega: x in [0, 1]
unknown u(x)
eq: ∂²u/∂x² = 1
bc: u = 0 on boundary

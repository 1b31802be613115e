domain D: x in [0, 1]^2
unknown u(x)
eq: lap(u) = x₁
bc: u = 0 on boundary

problem "A heated part of a side"
domain  Omega: (x, y) in [0, 2] * [0, 1]
unknown u(x, y)
eq: lap(u) = 0
bc heated: u = 1  on y = 0 where x >= 0.5 and x <= 1.5
bc rest:   u = 0  on y = 0 where x < 0.5 or not x <= 1.5
bc walls:  u = 0  on x = 0, x = 2, y = 1

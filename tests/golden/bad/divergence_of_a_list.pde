problem "Stokes flow in a lid-driven cavity"
domain Omega: (x, y) in [0, 1]^2
unknown u(x, y), v(x, y), p(x, y)
eq: lap(u) = p_x
eq: lap(v) = p_y
eq: div(u, v) = 0
bc: u = 0, v = 0  on x = 0, x = 1, y = 0
bc: u = 16*x^2*(1 - x)^2, v = 0  on y = 1
eq: integral(p, Omega) = 0

problem "Mixed conditions on a square"
param   h = 2, uinf = 0.5
domain  Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq:            -lap(u) = 1
bc fixed:      u = 0                      on x = 0
bc robin:      dn(u) + h*(u - uinf) = 0   on x = 1
bc flux:       dot(n, grad(u)) = y        on y = 1
bc insulated:  n[1]*u_x + n[2]*u_y = 0    on y = 0

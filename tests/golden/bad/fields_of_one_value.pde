problem "Elastic square under its weight"
domain Omega: (x, y) in [0, 1]^2
unknown u(x, y), v(x, y)
eq: 3*u_xx + u_yy + 2*v_xy = 0
eq: v_xx + 3*v_yy + 2*u_xy = 1
bc: u = v = 0  on boundary

problem "Travelling waves on the torus"
domain  Omega: (x, y) in [0, 2*pi] * [-1, 1]
time    t in [0, 1]
unknown u(x, y, t), v(x, y, t)
eq: u_t + v_x = 0, v_t + u_x = 0.1*v_yy
ic: u = sin(x), v = sin(x)*cos(pi*y)  at t = 0
bc torus: u, v periodic in x, y

# Waves on a string that is held at both ends: a shape and a velocity at the start.
problem "Wave equation"
param c = 1
domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_tt = c^2*u_xx
ic: u = sin(pi*x), u_t = 0  at t = 0
bc: u = 0  on boundary
# Where the solution is known it gives errors, and is put into every law. Else leave it out.
exact u = sin(pi*x)*cos(c*pi*t)

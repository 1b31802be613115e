# Diffusion in time: an initial value, one end kept cold, the other insulated.
problem "Heat equation"
param D = 0.1
domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
eq: u_t = D*u_xx
ic: u = sin(pi*x/2)  at t = 0
bc cold: u = 0  on x = 0
bc insulated: u_x = 0  on x = 1
# Where the solution is known it gives errors, and is put into every law. Else leave it out.
exact u = exp(-D*(pi/2)^2*t)*sin(pi*x/2)
output left = integral(u(t = 1), Omega)

# Transport without diffusion on a ring: what leaves on one side comes in on the other.
problem "Advection"
param c = 1
domain Omega: x in [0, 2*pi]
time t in [0, 1]
unknown u(x, t)
eq: u_t + c*u_x = 0
ic: u = exp(sin(x))  at t = 0
bc: u periodic in x
# Where the solution is known it gives errors, and is put into every law. Else leave it out.
exact u = exp(sin(x - c*t))

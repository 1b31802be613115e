problem "Memory, and a kernel over the rod"
param   a = 2
domain  Omega: x in [0, 1]
time    t in [0, 1]
unknown u(x, t)
let memory = integral(exp(a*(s - t))*u(x, s), s in [0, t])
eq: u_t = u_xx - memory + integral(u(y, t)*x*y, y in [0, 1])
ic: u = sin(pi*x)  at t = 0
bc: u = 0  on boundary

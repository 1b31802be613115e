domain Omega: x in [0, 1]
unknown u(x)
let f(s) = (s + 1)*(s + 2)*sin(s), g(s) = f(f(f(s))), h(s) = g(g(g(s)))
eq: u_xx = h(h(h(u)))
bc: u = 0 on boundary

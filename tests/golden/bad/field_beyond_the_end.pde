problem "Pantograph that runs ahead"
domain  Omega: x in [0, 1]
unknown u(x)
eq: u_x = u_x(x = 2*x) - u
bc: u = 1  on x = 0

problem "Equal values and slopes at the ends"
domain  Omega: x in [0, 1]
unknown u(x)
eq: u_xx - u = sin(2*pi*x)
bc values: u(x=0) = u(x=1)
bc slopes: u_x(0) = u_x(1)

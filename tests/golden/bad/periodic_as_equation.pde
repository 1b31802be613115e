domain Omega: x in [0, 1]
unknown u(x)
eq: u_xx - u = sin(2*pi*x)
eq: u periodic in x

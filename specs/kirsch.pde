# source: Kirsch 1898, Zeitschrift des Vereines deutscher Ingenieure 42, in plane stress
# note: tension T along x; the hole is free of traction, where the stress is three times as large
problem "Kirsch plate"
param E = 1, nu = 0.3, T = 1, a = 0.4
param mu = E/(2*(1 + nu)), lam = E*nu/(1 - nu^2), k = (3 - nu)/(1 + nu)
region H = disk(center = (0, 0), radius = a)
region Q = [-1, 1]^2
domain Omega: (x, y) in Q minus H
unknown u(x, y) in R^2
let r = sqrt(x^2 + y^2)
let c3 = (x^3 - 3*x*y^2)/r^3, s3 = (3*x^2*y - y^3)/r^3
let ux = T*a/(8*mu)*((k + 1)*x/a + 2*a/r*((1 + k)*x/r + c3) - 2*a^3/r^3*c3)
let uy = T*a/(8*mu)*((k - 3)*y/a + 2*a/r*((1 - k)*y/r + s3) - 2*a^3/r^3*s3)
let us = (ux, uy)
eq: mu*lap(u) + (lam + mu)*grad(div(u)) = (0, 0)
bc far: u = us  on boundary(Q)
bc free: lam*div(u)*x + mu*(2*d(u[1], x)*x + (d(u[1], y) + d(u[2], x))*y) = 0,
    lam*div(u)*y + mu*(2*d(u[2], y)*y + (d(u[1], y) + d(u[2], x))*x) = 0  on boundary(H)
exact u = us

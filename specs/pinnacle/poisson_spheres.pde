# source: Hao et al. 2023, arXiv 2306.08827, Poisson 3d-CG
problem "Screened Poisson, cube with four spherical holes, two screening lengths"
region S = [0, 1]^3
region H = ball(center = (0.4, 0.3, 0.6), radius = 0.2)
    union ball(center = (0.6, 0.7, 0.6), radius = 0.2)
    union ball(center = (0.2, 0.8, 0.7), radius = 0.1)
    union ball(center = (0.6, 0.2, 0.3), radius = 0.1)
domain Omega: (x, y, z) in S minus H
unknown u(x, y, z)
let r2 = x^2 + y^2 + z^2
let bumps = exp(sin(pi*x) + sin(10*pi*y) + sin(5*pi*z))*(r2 - 1)/(r2 + 1)
let waves = sin(pi*x)*sin(10*pi*y)*sin(5*pi*z)
eq: -lap(u) + if(z < 0.5, 64, 100)*u = 20*bumps + 100*waves
bc: dn(u) = 0  on boundary

# source: Hao et al. 2023, arXiv 2306.08827, Poisson 2d-MS; random coefficients of our own (seed 20230612)
problem "Poisson, 25 conductivities and sources on squares"
param K = ((0.103, 0.278, 0.311, 11.1, 2.08), (99, 14.2, 33.6, 2.49, 6.58),
    (26.1, 0.346, 42.5, 20.8, 57.9), (0.249, 9.75, 90.7, 0.265, 7.58),
    (0.261, 1.3, 9.51, 0.63, 57.2))
param M = ((-1.33, -0.495, -0.868, 1.14, 0.175), (0.457, 0.787, 1.42, 0.836, -0.743),
    (-0.572, -1.49, 1.12, 1.76, 1.62), (-2.14, -1.84, 1.86, -0.897, 0.85),
    (-0.398, -0.901, -0.799, 0.616, -0.998))
param W = ((1.52, 0.775, 0.386, -0.0148, -1.37), (-0.126, -0.827, 1.2, -0.912, -0.459),
    (0.439, -0.339, 0.598, 0.152, -0.552), (0.341, 0.301, -1.45, -0.488, 1.58),
    (0.0521, 0.0103, 0.579, -0.172, 0.76))
domain Omega: (x, y) in [-10, 10]^2
unknown u(x, y)
let cond1 = if(x < -6, K[1, 1],
    if(x < -2, K[2, 1], if(x < 2, K[3, 1], if(x < 6, K[4, 1], K[5, 1]))))
let cond2 = if(x < -6, K[1, 2],
    if(x < -2, K[2, 2], if(x < 2, K[3, 2], if(x < 6, K[4, 2], K[5, 2]))))
let cond3 = if(x < -6, K[1, 3],
    if(x < -2, K[2, 3], if(x < 2, K[3, 3], if(x < 6, K[4, 3], K[5, 3]))))
let cond4 = if(x < -6, K[1, 4],
    if(x < -2, K[2, 4], if(x < 2, K[3, 4], if(x < 6, K[4, 4], K[5, 4]))))
let cond5 = if(x < -6, K[1, 5],
    if(x < -2, K[2, 5], if(x < 2, K[3, 5], if(x < 6, K[4, 5], K[5, 5]))))
let cond = if(y < -6, cond1, if(y < -2, cond2, if(y < 2, cond3, if(y < 6, cond4, cond5))))
let mean1 = if(x < -6, M[1, 1],
    if(x < -2, M[2, 1], if(x < 2, M[3, 1], if(x < 6, M[4, 1], M[5, 1]))))
let mean2 = if(x < -6, M[1, 2],
    if(x < -2, M[2, 2], if(x < 2, M[3, 2], if(x < 6, M[4, 2], M[5, 2]))))
let mean3 = if(x < -6, M[1, 3],
    if(x < -2, M[2, 3], if(x < 2, M[3, 3], if(x < 6, M[4, 3], M[5, 3]))))
let mean4 = if(x < -6, M[1, 4],
    if(x < -2, M[2, 4], if(x < 2, M[3, 4], if(x < 6, M[4, 4], M[5, 4]))))
let mean5 = if(x < -6, M[1, 5],
    if(x < -2, M[2, 5], if(x < 2, M[3, 5], if(x < 6, M[4, 5], M[5, 5]))))
let mean = if(y < -6, mean1, if(y < -2, mean2, if(y < 2, mean3, if(y < 6, mean4, mean5))))
let wave1 = if(x < -6, W[1, 1],
    if(x < -2, W[2, 1], if(x < 2, W[3, 1], if(x < 6, W[4, 1], W[5, 1]))))
let wave2 = if(x < -6, W[1, 2],
    if(x < -2, W[2, 2], if(x < 2, W[3, 2], if(x < 6, W[4, 2], W[5, 2]))))
let wave3 = if(x < -6, W[1, 3],
    if(x < -2, W[2, 3], if(x < 2, W[3, 3], if(x < 6, W[4, 3], W[5, 3]))))
let wave4 = if(x < -6, W[1, 4],
    if(x < -2, W[2, 4], if(x < 2, W[3, 4], if(x < 6, W[4, 4], W[5, 4]))))
let wave5 = if(x < -6, W[1, 5],
    if(x < -2, W[2, 5], if(x < 2, W[3, 5], if(x < 6, W[4, 5], W[5, 5]))))
let wave = if(y < -6, wave1, if(y < -2, wave2, if(y < 2, wave3, if(y < 6, wave4, wave5))))
let f = mean + wave*abs(sin(pi*(x + 10)/4)*sin(pi*(y + 10)/4))
eq: -div(cond*grad(u)) = f
bc: dn(u) + u = 0  on boundary

include "constants.pde"
param k = (1, 10*k0), unused = 7
let source(s) = k0*s^2
operator L[w] = -k[2]*lap(w)
region H = disk(center = (0, 0), radius = 0.1)

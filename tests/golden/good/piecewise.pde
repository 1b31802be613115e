problem "Conditions, min and max"
domain  Omega: x in [-1, 1]
unknown u(x)
let k = if(x < 0, 1, 10), f = heaviside(x) + abs(x) + sign(x)
let g = min(x, 0.5, x^2) + max(x, -x) + erf(x) + atan2(x, 1) + log(2 + x)*sqrt(1 + x^2)
let c = if(x < 0 and not x < -0.5 or x > 0.9, sinh(x), cosh(x)/tan(2))
eq: d(k*u_x, x) = f + g + c + tanh(x)*asin(x/2)*acos(x/2)*atan(x)
bc: u = 0  on boundary

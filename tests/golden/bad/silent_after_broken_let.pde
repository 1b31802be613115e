domain Omega: x in [0, 1]
unknown u(x)
let k = sin x
let f(s) = k*s
operator L[w] = f(x)*d(w, x, 2)
eq: L[u] = k
bc: u(x=0) = k, f(u) = 1 on x = 1
exact u = k

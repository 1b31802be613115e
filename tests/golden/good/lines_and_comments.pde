# A statement goes on where a bracket is open, and where the next line starts
# with a sign or with the word of a clause.
problem "Continuation"   # the title

param   a = 1,           # first
        b = 2            # second
domain  Omega: (x, y) in [0, 1]
                       * [0, 2]
unknown u(
    x,                   # a comment inside brackets
    y
)
eq first:
    lap(u)
      + a*u^2
      = b*exp(
          -x^2 - y^2
        )
bc:
    u = x
    on x = 0,
       x = 1
bc: u = x on y = 0, y = 2

# an ODE: time and no domain
language 1
problem "Damped oscillator as a system"
param   omega0 = 2, c = 0.1  # numbers
time    t in [0, 5]
unknown q(t), p(t)
eq position: q_t = p
eq momentum: p_t = -omega0^2*q - 2*c*p
ic: q = 1, p = 0  at t = 0

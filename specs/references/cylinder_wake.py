"""Measurements for cylinder_wake_inverse.pde: flow past a cylinder at Re = 100.

Equations: v_t + (v . grad) v = -grad(p) + nu*lap(v), div(v) = 0, nu = 0.01, unit diameter at
the origin, inflow (1, 0); the problem of Raissi, Perdikaris and Karniadakis 2019, arXiv
1711.10566, with data of our own.  Scheme: Fourier pseudo-spectral (two-thirds rule) on the
torus [-8, 16] * [-8, 8] with 20 points a unit, volume penalisation of the cylinder (Angot,
Bruneau and Fabrie 1999), a fringe before x = -8 that restores the inflow, and RK4 with an
exact viscous factor.  5000 scattered points of seed 0 in [1, 8] * [-2, 2], at 201 times
in [0, 20] after TRANSIENT time units, by the trigonometric interpolant.
Validation on the points of the table: the momentum residual with lambda1 = 1, lambda2 = 0.01
is 2.4e-4 (rms, advection 0.32), its least-squares fit lambda1 = 0.99985, lambda2 = 0.0100016
(partly the central difference in time); Strouhal number 0.172 (0.164 to 0.167 in unbounded
flow; here the images of the torus block 1/16 of the section).  About 10 minutes of one core.
"""

import numpy as np
from table import write

NU = 0.01
LEFT, WIDTH, HEIGHT = -8, 24, 16
TRANSIENT = 100
PENALTY, SHARPNESS, FRINGE = 0.02, 0.5, 4.0


class Flow:
    """State-free operators of the penalised Navier-Stokes equations on the torus."""

    def __init__(self, density, step):
        """Set up the grid with `density` points a unit and the time step."""
        self.shape = (HEIGHT * density, WIDTH * density)
        self.step = step
        y = -HEIGHT / 2 + np.arange(self.shape[0]) / density
        x = LEFT + np.arange(self.shape[1]) / density
        self.x, self.y = np.meshgrid(x, y)
        self.kx, self.ky = np.meshgrid(
            2 * np.pi * np.fft.rfftfreq(self.shape[1], 1 / density),
            2 * np.pi * np.fft.fftfreq(self.shape[0], 1 / density),
        )
        square = self.kx**2 + self.ky**2
        self.inverse = 1 / np.where(square > 0, square, np.inf)
        limit = 2 / 3 * np.pi * density
        self.kept = (np.abs(self.kx) < limit) & (np.abs(self.ky) < limit)
        self.decay = np.exp(-NU * square * step / 2)
        self.drag = self.damping(density)

    def damping(self, density):
        """Return the rate of return to rest (cylinder) and to the inflow (fringe).

        Where nu*v'' = exp(-2*slope*d)/PENALTY*v, v is K0 and its linear part vanishes at
        d = `tail`; the mask is drawn in by that much, so that the effective radius is 0.5.
        """
        slope = SHARPNESS * density
        tail = (np.log(np.sqrt(1 / PENALTY / NU) / 2 / slope) + np.euler_gamma) / slope
        distance = np.hypot(self.x, self.y) - 0.5 + tail
        body = (1 - np.tanh(slope * distance)) / 2 / PENALTY
        ramp = np.tanh(3 * (self.x - LEFT - WIDTH + 3.5)) - np.tanh(3 * (self.x - LEFT - WIDTH + 1))
        return np.array([body, FRINGE * ramp / 2])

    def forward(self, fields):
        """Return the truncated spectra of fields."""
        return np.fft.rfft2(fields) * self.kept

    def backward(self, spectra):
        """Return the fields of spectra."""
        return np.fft.irfft2(spectra, s=self.shape)

    def divergence(self, spectra):
        """Return the spectrum of the divergence of a vector."""
        return 1j * (self.kx * spectra[0] + self.ky * spectra[1])

    def force(self, spectra):
        """Return the spectra of -(v . grad) v plus the penalties, and of p + |v|^2/2."""
        v = self.backward(spectra)
        vorticity = self.backward(1j * (self.kx * spectra[1] - self.ky * spectra[0]))
        body, fringe = self.drag
        inflow = np.array([fringe, 0 * fringe])
        rotation = np.array([vorticity * v[1], -vorticity * v[0]])
        total = self.forward(rotation - (body + fringe) * v + inflow)
        head = self.divergence(total) * -self.inverse
        return total - 1j * np.array([self.kx * head, self.ky * head]), head

    def advance(self, s):
        """Take one RK4 step with the viscous term as an integrating factor."""
        h, e = self.step, self.decay
        a = self.force(s)[0]
        b = self.force(e * (s + h / 2 * a))[0]
        c = self.force(e * s + h / 2 * b)[0]
        d = self.force(e * (e * s + h * c))[0]
        return e * e * (s + h / 6 * a) + h / 3 * e * (b + c) + h / 6 * d

    def start(self):
        """Return the inflow with a bump that breaks the symmetry."""
        bump = np.exp(-((self.x - 1.5) ** 2) - (self.y - 0.3) ** 2)
        s = self.forward(np.array([np.ones(self.shape), 0.5 * bump]))
        return s + 1j * np.array([self.kx, self.ky]) * self.divergence(s) * self.inverse

    def values(self, spectra, x, y):
        """Return the trigonometric interpolants of a vector at scattered points."""
        px = np.exp(1j * np.outer(x - LEFT, self.kx[0])) * np.where(self.kx[0] > 0, 2, 1)
        py = np.exp(1j * np.outer(y + HEIGHT / 2, self.ky[:, 0]))
        return np.einsum("pi,cij,pj->cp", py, spectra, px, optimize=True).real / self.x.size

    def terms(self, before, s, after, x, y):
        """Return v_t + grad(p), (v . grad) v and lap(v) at scattered points."""
        gradient = 1j * np.array([self.kx, self.ky])
        v, v1, v2 = (self.values(f, x, y) for f in (s, gradient[0] * s, gradient[1] * s))
        advection = v[0] * v1 + v[1] * v2
        kinetic = np.array([np.sum(v * v1, axis=0), np.sum(v * v2, axis=0)])
        head = self.values(gradient * self.force(s)[1], x, y)
        laplacian = self.values(-(self.kx**2 + self.ky**2) * s, x, y)
        rate = self.values((after - before) / (2 * self.step), x, y)
        return rate + head - kinetic, advection, laplacian


def simulate(density=20, step=0.02, until=20):
    """Yield the flow, the time and the spectra of v, from the end of the transient."""
    flow = Flow(density, step)
    s = flow.start()
    for count in range(round((TRANSIENT + until) / step) + 2):
        done = count - round(TRANSIENT / step)
        if done >= -1:
            yield flow, done * step, s
        s = flow.advance(s)


def validate(samples, times, lift):
    """Print the momentum residual, the fitted lambda1 and lambda2, and the Strouhal number."""
    rest, advection, laplacian = np.hstack([np.reshape(terms, (3, -1)) for terms in samples])
    residual = rest + advection - NU * laplacian
    print(f"residual {np.std(residual):.1e} of {np.std(advection):.1e} (rms)")
    fit = np.linalg.lstsq(np.column_stack([-advection, laplacian]), rest, rcond=None)[0]
    print(f"lambda1 {fit[0]:.6f} lambda2 {fit[1]:.7f}")
    crossings = np.flatnonzero(np.diff(np.sign(lift)))
    exact = times[crossings] - lift[crossings] * (times[1] - times[0]) / np.diff(lift)[crossings]
    print(f"Strouhal number {(exact.size - 1) / 2 / np.ptp(exact):.4f}")


def main(points=5000, every=5):
    """Write the table and print its validation."""
    rng = np.random.default_rng(0)
    x, y = rng.uniform(1, 8, points), rng.uniform(-2, 2, points)
    frame = np.sort(rng.integers(0, 201, points))
    rows, samples, times, lift, window = [], [], [], [], []
    for flow, time, s in simulate():
        window = [*window[-2:], s]
        times.append(time)
        lift.append(flow.values(s, np.array([3.0]), np.array([0.0]))[1, 0])
        count = len(times) - 2
        if len(window) < 3 or (count - 1) % every:
            continue
        mine = frame == (count - 1) // every
        v = flow.values(window[1], x[mine], y[mine])
        rows.append([x[mine], y[mine], np.full(mine.sum(), times[-2]), *v])
        samples.append(flow.terms(*window, x[mine], y[mine]))
    validate(samples, np.array(times), np.array(lift))
    write("cylinder_wake", "x,y,t,vx,vy", np.hstack(rows))


if __name__ == "__main__":
    main()

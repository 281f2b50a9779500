"""The optimizers' equations in SymPy, each beside the LaTeX that the chapter prints.

An arrow puts a new value in the place of an old one: a function takes the old ones and returns the new.
"""

from formulas import printed
from sympy import sqrt


@printed("eq-sgd", r"\theta \leftarrow \theta - \eta \, g .")
def sgd(theta, g, eta):
    return theta - eta * g


@printed("eq-decay", r"\eta_t = \eta_0 \cdot \frac{1}{1 + \text{decay} \cdot t} .")
def decayed(eta_0, decay, t):
    return eta_0 * 1 / (1 + decay * t)


@printed(
    "eq-momentum",
    r"""
\begin{aligned}
v &\leftarrow \mu \, v + \eta \, g , \\
\theta &\leftarrow \theta - v .
\end{aligned}
""",
)
def momentum(theta, v, g, eta, mu):
    v = mu * v + eta * g
    return theta - v, v


@printed(
    "eq-momentum-sum",
    r"""
\begin{aligned}
v_t &= \eta \, g_t + \mu v_{t-1} \\
&= \eta \, g_t + \mu \, \eta \, g_{t-1} + \mu^2 v_{t-2} \\
&= \dots = \eta \sum_{s=0}^{t-1} \mu^{s} g_{t-s} .
\end{aligned}
""",
)
def momentum_sum(g, eta, mu):
    t = len(g)  # g[0] is g_1
    return eta * sum(mu**s * g[t - s - 1] for s in range(t))


@printed(
    "eq-adagrad",
    r"""
\begin{aligned}
c &\leftarrow c + g^2 , \\
\theta &\leftarrow \theta - \frac{\eta \, g}{\sqrt{c} + \varepsilon} .
\end{aligned}
""",
)
def adagrad(theta, c, g, eta, epsilon):
    c = c + g**2
    return theta - eta * g / (sqrt(c) + epsilon), c


@printed(
    "eq-rmsprop",
    r"""
\begin{aligned}
c &\leftarrow \rho \, c + (1 - \rho) \, g^2 , \\
\theta &\leftarrow \theta - \frac{\eta \, g}{\sqrt{c} + \varepsilon} .
\end{aligned}
""",
)
def rmsprop(theta, c, g, eta, epsilon, rho):
    c = rho * c + (1 - rho) * g**2
    return theta - eta * g / (sqrt(c) + epsilon), c


@printed(
    "eq-adam",
    r"""
\begin{aligned}
m &\leftarrow \beta_1 m + (1 - \beta_1) \, g , \\
c &\leftarrow \beta_2 \, c + (1 - \beta_2) \, g^2 , \\
\hat m &= \frac{m}{1 - \beta_1^t} , \quad \hat c = \frac{c}{1 - \beta_2^t} , \\
\theta &\leftarrow \theta - \frac{\eta \, \hat m}{\sqrt{\hat c} + \varepsilon} .
\end{aligned}
""",
)
def adam(theta, m, c, g, t, eta, epsilon, beta_1, beta_2):
    m = beta_1 * m + (1 - beta_1) * g
    c = beta_2 * c + (1 - beta_2) * g**2
    m_hat, c_hat = m / (1 - beta_1**t), c / (1 - beta_2**t)
    return theta - eta * m_hat / (sqrt(c_hat) + epsilon), m, c


@printed("eq-decoupled", r"\theta \leftarrow \theta - \eta \, \lambda \, \theta ,")
def decoupled_decay(theta, eta, weight_decay):
    return theta - eta * weight_decay * theta

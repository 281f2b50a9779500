"""The equations of layers and losses in SymPy, each beside the LaTeX that its chapter prints."""

from sympy import (
    Abs,
    KroneckerDelta,
    Matrix,
    Max,
    Min,
    Piecewise,
    Rational,
    cos,
    exp,
    log,
    pi,
    sign,
    sin,
)

PRINTED = {}  # from an equation's label in the book to its LaTeX

CLIP = Rational(1, 10**7)


def printed(label, latex):
    """What follows is the SymPy form of the equation with this label and this LaTeX."""
    PRINTED[label] = latex.strip()
    return lambda formula: formula


@printed("eq-dense", r"Z = X W + b, \qquad Z_{ij} = \sum_k X_{ik} W_{kj} + b_j ,")
def dense(X, W, b):
    return Matrix(
        *(X.rows, W.cols),
        lambda i, j: sum(X[i, k] * W[k, j] for k in range(X.cols)) + b[j],
    )


@printed(
    "eq-dense-gradients",
    r"""
\begin{aligned}
\frac{\partial L}{\partial W} &= X^\top D, \\
\frac{\partial L}{\partial b_j} &= \sum_{i=1}^{n} D_{ij}, \\
\frac{\partial L}{\partial X} &= D \, W^\top .
\end{aligned}
""",
)
def dense_gradients(X, W, D):
    columns = range(D.cols)
    return X.T * D, Matrix([[sum(D[:, j]) for j in columns]]), D * W.T


@printed(
    "eq-convolution",
    r"""
z_t = \sum_{r=0}^{K-1} x_{qt + r} \, w_r + b ,
\qquad t = 0, 1, 2, \dots
""",
)
def convolution(x, w, b, q):
    windows = range((len(x) - len(w)) // q + 1)
    return Matrix(
        [sum(x[q * t + r] * w[r] for r in range(len(w))) + b for t in windows]
    )


@printed(
    "eq-convolution-gradients",
    r"""
\begin{aligned}
\frac{\partial L}{\partial w_r} &= \sum_t D_t \, x_{qt + r} , \\
\frac{\partial L}{\partial b} &= \sum_t D_t , \\
\frac{\partial L}{\partial x_k} &= \sum_{t, r \,:\, qt + r = k} D_t \, w_r .
\end{aligned}
""",
)
def convolution_gradients(x, w, D, q):
    windows, places = range(len(D)), range(len(w))
    dx = [0] * len(x)
    for t in windows:
        for r in places:
            dx[q * t + r] += D[t] * w[r]
    dw = [sum(D[t] * x[q * t + r] for t in windows) for r in places]
    return Matrix(dw), sum(D), Matrix(dx)


@printed("eq-he", r"v = \frac{2}{m} .")
def he_variance(m):
    return Rational(2, m)


@printed("eq-glorot", r"v = \frac{2}{m + p} .")
def glorot_variance(m, p):
    return Rational(2, m + p)


@printed("eq-relu", r"f(z) = \max(0, z) .")
def relu(z):
    return Max(0, z)


@printed(
    "eq-relu-gradient",
    r"""
\frac{\partial L}{\partial Z_{ij}} = \frac{\partial L}{\partial A_{ij}} \cdot [Z_{ij} > 0] ,
""",
)
def relu_gradient(d, z):
    return d * Piecewise((1, z > 0), (0, True))


@printed("eq-softmax", r"\hat y_{ij} = \frac{e^{z_{ij}}}{\sum_{l=1}^{C} e^{z_{il}}} .")
def softmax(z, j):
    return exp(z[j]) / sum(exp(z_l) for z_l in z)


@printed(
    "eq-odds",
    r"\frac{\hat y_{ij}}{\hat y_{il}} = \frac{e^{z_{ij}}}{e^{z_{il}}} = e^{z_{ij} - z_{il}} .",
)
def odds(z, j, l):  # noqa: E741
    return exp(z[j] - z[l])


@printed(
    "eq-shift",
    r"""
\frac{e^{z_{ij} + c}}{\sum_l e^{z_{il} + c}} = \frac{e^c e^{z_{ij}}}{e^c \sum_l e^{z_{il}}} = \frac{e^{z_{ij}}}{\sum_l e^{z_{il}}} .
""",  # noqa: E501
)
def shifted_softmax(z, c, j):
    return exp(z[j] + c) / sum(exp(z_l + c) for z_l in z)


@printed(
    "eq-softmax-jacobian",
    r"""
\frac{\partial S_j}{\partial z_k} = S_j \, (\delta_{jk} - S_k), \qquad
\delta_{jk} = \begin{cases} 1 & j = k \\ 0 & j \ne k . \end{cases}
""",
)
def softmax_jacobian(S, j, k):
    return S[j] * (KroneckerDelta(j, k) - S[k])


@printed(
    "eq-softmax-backward",
    r"\frac{\partial L}{\partial z_{ik}} = \sum_j D_{ij} \, S_{ij} (\delta_{jk} - S_{ik}) .",
)
def softmax_backward(D, S, i, k):
    classes = range(S.cols)
    return sum(D[i, j] * S[i, j] * (KroneckerDelta(j, k) - S[i, k]) for j in classes)


@printed(
    "eq-softmax-vectorised",
    r"""
\begin{aligned}
\frac{\partial L}{\partial z_{ik}} &= S_{ik} D_{ik} - S_{ik} \sum_j D_{ij} S_{ij} \\
&= S_{ik} \Big( D_{ik} - \sum_j D_{ij} S_{ij} \Big) .
\end{aligned}
""",
)
def softmax_vectorised(D, S, i, k):
    return S[i, k] * (D[i, k] - sum(D[i, j] * S[i, j] for j in range(S.cols)))


@printed(
    "eq-loss",
    r"""
\begin{aligned}
L_i &= -\log \hat y_{i, y_i} , \\
L &= \frac1n \sum_{i=1}^{n} L_i .
\end{aligned}
""",
)
def mean_loss(confidences):
    return sum(-log(confidence) for confidence in confidences) / len(confidences)


@printed("eq-crossentropy", r"L_i = - \sum_{j} y_{ij} \log \hat y_{ij} .")
def cross_entropy(y, predicted, i):
    return -sum(y[i, j] * log(predicted[i, j]) for j in range(y.cols))


@printed(
    "eq-clip",
    r"\min\left( \max\left( \hat y_{i, y_i} , \, 10^{-7} \right) , \, 1 - 10^{-7} \right) ,",
)
def clipped(confidence):
    return Min(Max(confidence, CLIP), 1 - CLIP)


@printed(
    "eq-cce-gradient",
    r"""
\frac{\partial L}{\partial \hat y_{ij}} = -\frac{1}{n} \, \frac{y_{ij}}{\hat y_{ij}} .
""",
)
def cross_entropy_gradient(y, predicted, i, j):
    return -Rational(1, y.rows) * y[i, j] / predicted[i, j]


@printed(
    "eq-combined", r"\frac{\partial L_i}{\partial z_{ik}} = \hat y_{ik} - y_{ik} ."
)
def combined_gradient(y, predicted, i, k):
    return predicted[i, k] - y[i, k]


@printed(
    "eq-logsumexp",
    r"""
\begin{aligned}
L_i &= -\log \frac{e^{z_{i y_i}}}{\sum_l e^{z_{il}}} \\
    &= \log \sum_l e^{z_{il}} - z_{i y_i} .
\end{aligned}
""",
)
def loss_from_scores(z, right):
    return log(sum(exp(z_l) for z_l in z)) - z[right]


@printed(
    "eq-logsumexp-shifted",
    r"\log \sum_{l=1}^{C} e^{z_l} = m + \log \sum_{l=1}^{C} e^{z_l - m} ,",
)
def log_sum_exp(z, m):
    return m + log(sum(exp(z_l - m) for z_l in z))


@printed("eq-sigmoid", r"p = \sigma(z) = \frac{e^z}{e^z + 1} = \frac{1}{1 + e^{-z}} .")
def sigmoid(z):
    return 1 / (1 + exp(-z))


@printed(
    "eq-sigmoid-slope",
    r"""
\begin{aligned}
\sigma(-z) &= 1 - \sigma(z) , \\
\sigma'(z) &= \sigma(z) \, (1 - \sigma(z)) .
\end{aligned}
""",
)
def sigmoid_mirrored_and_slope(s):
    return 1 - s, s * (1 - s)


@printed("eq-bce", r"L = - y \log \hat y - (1 - y) \log (1 - \hat y) .")
def binary_cross_entropy(y, predicted):
    return -y * log(predicted) - (1 - y) * log(1 - predicted)


@printed("eq-bce-score", r"L = \log (1 + e^z) - y z .")
def binary_loss_from_score(z, y):
    return log(1 + exp(z)) - y * z


@printed(
    "eq-bce-stable",
    r"L = \max(z, 0) - y z + \log \left( 1 + e^{-|z|} \right) .",
)
def binary_loss_without_overflow(z, y):
    return Max(z, 0) - y * z + log(1 + exp(-Abs(z)))


@printed("eq-bce-gradient", r"\frac{\partial L}{\partial z} = \hat y - y .")
def binary_gradient(y, predicted):
    return predicted - y


@printed(
    "eq-regression",
    r"""
\begin{aligned}
L_i &= \frac1m \sum_{j=1}^{m} (\hat y_{ij} - y_{ij})^2 , \\
L_i &= \frac1m \sum_{j=1}^{m} |\hat y_{ij} - y_{ij}| .
\end{aligned}
""",
)
def squared_and_absolute_error(y, predicted):
    errors = [a - b for a, b in zip(predicted, y)]
    m = Rational(len(errors))
    return sum(e**2 for e in errors) / m, sum(Abs(e) for e in errors) / m


@printed(
    "eq-mismatch",
    r"\frac{\partial}{\partial z} (\sigma(z) - y)^2 = 2 (\hat y - y) \, \hat y \, (1 - \hat y) ,",
)
def mismatched_gradient(y, predicted):
    return 2 * (predicted - y) * predicted * (1 - predicted)


@printed(
    "eq-shrink",
    r"""
w^* = \operatorname{sign}(a) \cdot \frac{\max(0, \; h |a| - \lambda_1)}{h + 2 \lambda_2} .
""",
)
def best_weight(a, h, l1, l2):
    return sign(a) * Max(0, h * Abs(a) - l1) / (h + 2 * l2)


@printed(
    "eq-penalty-gradient",
    r"""
\frac{\partial (L + P)}{\partial W} = \frac{\partial L}{\partial W} + \lambda_1 \operatorname{sign}(W) + 2 \lambda_2 W .
""",
)
def penalized_gradient(dweights, W, l1, l2):
    return dweights + l1 * W.applyfunc(sign) + 2 * l2 * W


@printed(
    "eq-inverted-dropout",
    r"""
A_{ij} = X_{ij} M_{ij} , \qquad M_{ij} = \frac{[\, U_{ij} \ge r \,]}{1 - r} ,
""",
)
def dropout(x, u, rate):
    return x * Piecewise((1, u >= rate), (0, True)) / (1 - rate)


@printed("eq-early", r"w_t = a \left( 1 - (1 - \eta h)^t \right) .")
def stopped_weight(a, h, eta, t):
    return a * (1 - (1 - eta * h) ** t)


@printed(
    "eq-waves",
    r"""
\begin{aligned}
&\frac13 \sum_{m=0}^{2} \bigl( \cos(\omega a + \varphi_m) + \cos(\omega b + \varphi_m) \bigr)^2
\cos(\omega c + 2 \varphi_m) \\
&\quad = \cos^2 \tfrac{\omega (a - b)}{2} \; \cos \omega (a + b - c) .
\end{aligned}
""",
)
def sum_by_waves(a, b, c, omega):
    """Both sides."""
    phases = [2 * pi * m / 3 for m in range(3)]
    neurons = [(cos(omega * a + phi) + cos(omega * b + phi)) ** 2 for phi in phases]
    outputs = [cos(omega * c + 2 * phi) for phi in phases]
    left = sum(z * w for z, w in zip(neurons, outputs)) / 3
    return left, cos(omega * (a - b) / 2) ** 2 * cos(omega * (a + b - c))


@printed(
    "eq-power",
    r"""
\begin{aligned}
\sum_{t=0}^{30} f_t^2 &= \sum_{k=1}^{15} P_k , \\
P_k &= \frac{2}{31} \biggl( \sum_t f_t \cos \tfrac{2 \pi k t}{31} \biggr)^{\!2}
+ \frac{2}{31} \biggl( \sum_t f_t \sin \tfrac{2 \pi k t}{31} \biggr)^{\!2} .
\end{aligned}
""",
)
def power(f, k):
    n = len(f)
    cosines, sines = (
        sum(value * wave(2 * pi * k * t / n) for t, value in enumerate(f))
        for wave in (cos, sin)
    )
    return Rational(2, n) * (cosines**2 + sines**2)

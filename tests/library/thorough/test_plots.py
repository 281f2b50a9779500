"""The pictures that readers draw of networks of their own say what is so."""

import contextlib
import io
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from nnfs_lib import plots


@pytest.fixture(autouse=True)
def _style():
    mpl.use("svg")
    with mpl.rc_context():
        plots.use_book_style()
        yield
        plt.close("all")


def test_main_directions_are_the_first_two_principal_components():
    rng = np.random.default_rng(0)
    cloud = rng.standard_normal((50, 8)) * [5, 3, 1, 1, 1, 1, 1, 1] + 1
    _, _, components = np.linalg.svd(cloud)
    found = plots.main_directions(cloud)
    # The power iteration leaves (second / first singular value)**100 of what is not wanted, here below 1e-8.
    np.testing.assert_allclose(np.abs(found @ components[:2].T), np.eye(2), atol=1e-7)
    np.testing.assert_allclose(found @ found.T, np.eye(2), atol=1e-12)  # 44 bits


@pytest.mark.parametrize("size", [1e-150, 1e200])
def test_main_directions_are_found_at_any_size(size):
    cloud = np.array([[3.0, 1.0, 0.0], [-2.0, 0.0, 1.0], [0.5, 0.5, 0.5]])
    found = plots.main_directions(size * cloud)
    expected = plots.main_directions(cloud)
    atol = 3 * 2**-42.9  # products of three terms below 1
    np.testing.assert_allclose(found, expected, rtol=0, atol=atol)


def test_main_directions_are_found_among_many_parameters():
    cloud = np.zeros((3, 20_000))
    cloud[[0, 1, 2], [5, 9_000, 19_000]] = 3.0, 2.0, 1.0
    found = plots.main_directions(cloud)
    assert np.flatnonzero(abs(found[0]) > 0.5).tolist() == [5]
    assert np.flatnonzero(abs(found[1]) > 0.5).tolist() == [9_000]


def test_points_on_a_line_have_no_second_direction():
    with pytest.raises(ValueError, match="no second direction"):
        plots.main_directions(np.outer([1.0, 2.0, -3.0], [0.1, 0.7, 0.3]))


def test_a_path_in_the_slice_is_drawn_as_long_as_it_is():
    centre = np.array([1.0, -2.0, 0.5, 3.0])
    corners = np.array([[3.0, 0, 0, 0], [3.0, 1.0, 0, 0], [0, 0, 0, 0]])

    def loss(parameters):
        return 1 + np.sum((parameters - centre) ** 2)

    ax = plots.loss_surface(loss, {"walk": centre + corners}, centre, resolution=9)
    drawn = ax.lines[0].get_xydata()
    lengths = [
        np.linalg.norm(np.diff(path, axis=0), axis=1) for path in (corners, drawn)
    ]
    np.testing.assert_allclose(*lengths, rtol=1e-12)  # 44 bits
    np.testing.assert_allclose(drawn[-1], [0, 0], atol=1e-12)
    assert ax.lines[0].get_label() == "walk"


def test_the_map_has_the_loss_of_the_slice_it_shows():
    asked = []
    paths = {"walk": [[2.0, 0, 0], [0, 1.0, 0], [0, 0, 0]]}
    plots.loss_surface(
        lambda at: asked.append(at) or 1 + at @ at, paths, np.zeros(3), resolution=5
    )
    asked = np.array(asked)
    assert len(asked) == 25
    np.testing.assert_allclose(asked[:, 2], 0, atol=1e-12)  # the paths' own plane


def test_histograms_count_sizes_by_powers_of_two_and_zeros_apart():
    values = np.array([0, 0.5, -0.75, 1.0, -1.5, 1.99, 0, 2.0, 3.0, 4.0])
    (ax,) = plots.layer_histograms(
        {"layer 1": {"step 0": values, "step 9": values * 0}}
    )
    shares, edges, _ = ax.patches[0].get_data()
    np.testing.assert_array_equal(edges, [-1, 0, 1, 2, 3])
    np.testing.assert_array_equal(shares, np.array([2, 3, 2, 1]) / 8)
    assert ax.texts[0].get_text() == "are 0: 20%, 100%"
    assert ax.get_ylabel() == "layer 1"


def test_sizes_that_hardly_occur_are_left_out_at_the_ends_only():
    values = np.concatenate([np.ones(996), [1e-9, 1e-5], np.full(500, 2.0**-9)])
    (ax,) = plots.layer_histograms({"layer 1": {"step 0": values}})
    shares, edges, _ = ax.patches[0].get_data()
    assert (edges[0], edges[-1]) == (-9, 1)
    assert shares.sum() == pytest.approx(1496 / 1498)


def test_a_filmstrip_fills_its_picture_evenly():
    axes = plots.filmstrip(5, columns=3)
    for ax in axes:
        ax.set_title("step 2,000: 94% right", fontsize=9)
    saved = io.BytesIO()
    plt.savefig(saved, format="svg", bbox_inches="tight")
    width, height = re.search(rb'viewBox="0 0 (\S+) (\S+)"', saved.getvalue()).groups()
    # To a hundredth of a point, 1/72 inch: a reader sees no more.
    assert float(width) == pytest.approx(3 * 2.0 * 72, abs=0.01)
    assert float(height) == pytest.approx(2 * 2.25 * 72, abs=0.01)
    first, second, _, fourth, _ = [ax.get_position() for ax in axes]
    assert second.x0 - first.x0 == pytest.approx(1 / 3)
    assert first.y0 - fourth.y0 == pytest.approx(1 / 2)


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf, 2.0])
def test_a_loss_without_lines_is_refused(value):
    centre = np.zeros(3)
    with pytest.raises(ValueError, match=r"^loss runs from .* on the map"):
        plots.loss_surface(lambda _: value, {"walk": np.eye(3)}, centre, resolution=3)


def painted(scores):
    """The colours in the middle of the plane, 0 to 1, and the points where they are."""
    figure = plt.figure(figsize=(2, 2), dpi=80, layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    samples = [[1.0, 1.0], [-1.0, -1.0]]
    plots.decision_regions(scores, samples, [0, 1], ax=ax, resolution=40)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = np.asarray(canvas.buffer_rgba())[::-1, :, :3] / 255
    side = (np.arange(160) + 0.5) / 160 * 2.2 - 1.1
    at = np.stack(np.meshgrid(side, side), axis=-1)
    middle = np.s_[30:130, 30:130]
    return picture[middle].reshape(-1, 3), at[middle].reshape(-1, 2)


def test_the_plane_is_tinted_by_the_class_with_the_highest_score():
    angles = np.array([0.5, 2.5, 4.8])
    ways = np.stack([np.cos(angles), np.sin(angles)])
    colours, at = painted(lambda inputs: inputs @ ways)
    scores = at @ ways
    first, second = np.sort(scores, axis=1)[:, :-3:-1].T
    tints = 0.75 + 0.25 * np.array([to_rgb(colour) for colour in plots.COLOURS[:3]])
    clear = first - second > 0.05
    assert np.bincount(scores.argmax(axis=1)[clear]).min() > 1000
    np.testing.assert_allclose(
        colours[clear], tints[scores.argmax(axis=1)[clear]], atol=1 / 255
    )
    # Where regions meet there is a mixture of theirs, and no white gap.
    assert (colours <= tints.max(axis=0) + 1 / 255).all()


def test_where_all_scores_are_equal_the_first_class_is_predicted_as_argmax_does():
    colours, _ = painted(lambda inputs: np.ones((len(inputs), 3)))
    tint = 0.75 + 0.25 * np.array(to_rgb(plots.BLUE))
    np.testing.assert_allclose(colours, np.tile(tint, (len(colours), 1)), atol=1 / 255)


def test_the_same_colour_has_another_marker_and_tint_from_the_eighth_class_on():
    X = np.array([[1.0, 0], [0, 1.0]])
    first, eighth = plots.points(X, [0, 7]).collections
    assert (first.get_facecolor() == eighth.get_facecolor()).all()
    assert first.get_paths()[0] != eighth.get_paths()[0]
    colours, at = painted(lambda inputs: np.eye(8)[np.where(inputs[:, 0] < 0, 0, 7)])
    assert not (colours[at[:, 0] < -0.1][0] == colours[at[:, 0] > 0.1][0]).all()


def drawn_points(y):
    """What the picture says of each point: its label, and its marker."""
    ax = plt.figure().gca()
    plots.points(PLANE, y, ax=ax)
    return {
        tuple(point): (dots.get_label(), dots.get_paths()[0].vertices.tobytes())
        for dots in ax.collections
        for point in dots.get_offsets().tolist()
    }


PLANE = np.array([[0.5, 1.0], [-1.0, 0.25], [0.75, -0.5], [0.0, 1.0]])
CLASSES = np.array([2, 0, 1, 0])


@pytest.mark.parametrize(
    "y",
    [
        CLASSES.tolist(),
        CLASSES.astype(float),
        CLASSES.astype(np.uint8),
        CLASSES.reshape(-1, 1),
        np.eye(3)[CLASSES],
        np.eye(3, dtype=int)[CLASSES].tolist(),
        np.eye(3, dtype=bool)[CLASSES],
    ],
    ids=["list", "floats", "bytes", "column", "one-hot", "lists", "truth values"],
)
def test_labels_that_can_mean_only_one_thing_are_drawn(y):
    assert drawn_points(y) == drawn_points(CLASSES)


def test_truth_values_are_the_classes_0_and_1():
    assert drawn_points(PLANE[:, 1] > 0.5) == drawn_points([1, 0, 0, 1])


@contextlib.contextmanager
def refused(message, error=(TypeError, ValueError)):
    """The block raises an error with this text, of which ... may leave out the end, and begins no figure."""
    with pytest.raises(error) as caught:
        yield
    start, dots, _ = message.partition("...")
    assert str(caught.value)[: len(start) if dots else None] == start
    assert plt.get_fignums() == []


NUMBERED = "np.unique(y, return_inverse=True)[1]"
BAD_LABELS = {
    "words": (
        ["a", "b", "a", "b"],
        f"y must hold class numbers, but its entries are of type <U1: pass {NUMBERED}",
    ),
    "objects": (
        [0, None, 1, 2],
        "y must hold class numbers, but its entries are of type object",
    ),
    "complex numbers": (
        CLASSES * 1j,
        f"y must hold class numbers, but its entries are of type complex128: pass {NUMBERED}",
    ),
    "signs": (
        [-1, 1, 1, -1],
        f"y holds the label -1, but class numbers start at 0: pass {NUMBERED}",
    ),
    "signs that are floats": (
        [-1.0, 1.0, 1.0, -1.0],
        f"y holds the label -1, but class numbers start at 0: pass {NUMBERED}",
    ),
    "fractions": (
        [0.0, 0.5, 1.0, 0.0],
        "y holds 0.5, but class numbers are whole",
    ),
    "NaN": ([0.0, np.nan, 1.0, 0.0], "y holds nan, but class numbers are whole"),
    "infinity": ([0.0, np.inf, 1.0, 0.0], "y holds inf, but class numbers are whole"),
    "too few": (
        [0, 1, 2],
        "y has shape (3,), but X holds 4 samples: labels are class numbers of shape (4,) or one-hot rows of shape "
        "(4, n_classes)",
    ),
    "one number": (
        0,
        "y has shape (), but X holds 4 samples: labels are class numbers of shape (4,) or one-hot rows of shape "
        "(4, n_classes)",
    ),
    "one-hot columns": (
        np.eye(3)[CLASSES].T,
        "y has shape (3, 4), but X holds 4 samples: labels are class numbers of shape (4,) or one-hot rows of shape "
        "(4, n_classes) (rows and columns exchanged?)",
    ),
    "probabilities": (
        [[0.5, 0.5], [0, 1], [1, 0], [0, 1]],
        "y is not one-hot: row 0 is [0.5, 0.5], but each row needs a single 1 among zeros",
    ),
    "two ones": (
        [[0, 1], [1, 1], [1, 0], [0, 1]],
        "y is not one-hot: row 1 is [1, 1], but each row needs a single 1 among zeros",
    ),
    "words in rows": (
        [["a", "b"]] * 4,
        "y must hold class numbers, but its entries are of type <U1",
    ),
}


@pytest.mark.parametrize("bad", BAD_LABELS)
@pytest.mark.parametrize("draw", [plots.points, None], ids=["points", "regions"])
def test_bad_labels_are_refused(draw, bad):
    y, message = BAD_LABELS[bad]
    draw = draw or (lambda X, y: plots.decision_regions(two_classes, X, y))
    with refused(message):
        draw(PLANE, y)


@pytest.mark.parametrize("bad", ["words", "signs", "signs that are floats"])
def test_the_advice_on_labels_helps(bad):
    y, message = BAD_LABELS[bad]
    advice = message[message.index("pass ") + 5 :]
    labels = eval(advice, {"np": np, "y": y})
    assert drawn_points(labels) == drawn_points(
        [0, 1, int(bad != "words"), int(bad == "words")]
    )


def test_labels_without_a_column_of_scores_are_refused():
    with refused(
        "y holds the label 2, but predict returns 2 columns: labels run from 0 to 1"
    ):
        plots.decision_regions(two_classes, PLANE, CLASSES)


def test_labels_that_are_counted_from_one_are_recognised():
    with refused(
        "y holds the label 2, but predict returns 2 columns: labels run from 0 to 1 "
        "(if yours start at 1, pass np.subtract(y, 1))"
    ):
        plots.decision_regions(two_classes, PLANE, [1, 2, 2, 1])


def two_classes(inputs):
    return np.column_stack([inputs[:, 0], inputs[:, 1]])


def regions(predict, **settings):
    return plots.decision_regions(
        predict, PLANE, [0, 1, 0, 1], resolution=5, **settings
    )


EXPECTED = "scores of shape (25, n_classes) are expected"
PROBABILITY = "for the probability p of class 1, return np.column_stack([1 - p, p])"
SCORE = "for a score z that is above 0 for class 1, return np.column_stack([0 * z, z])"
BAD_PREDICTIONS = {
    "nothing": (
        lambda inputs: None,
        f"predict returns None, but {EXPECTED} (was return forgotten, or is the output only stored?)",
    ),
    "words": (
        lambda inputs: [["a", "b"]] * len(inputs),
        "the result of predict must hold real numbers, but its entries are of type <U1",
    ),
    "an object": (
        lambda inputs: dict,
        "the result of predict must hold real numbers, but its entries are of type object",
    ),
    "one number": (
        lambda inputs: 0.5,
        f"predict returns shape (), but {EXPECTED}",
    ),
    "class numbers": (
        lambda inputs: two_classes(inputs).argmax(axis=1),
        f"predict returns shape (25,), but {EXPECTED}: for class numbers k, return np.eye(n_classes)[k]",
    ),
    "a column of class numbers": (
        lambda inputs: two_classes(inputs).argmax(axis=1).reshape(-1, 1),
        f"predict returns shape (25, 1), but {EXPECTED}: for class numbers k, return np.eye(n_classes)[k.ravel()]",
    ),
    "a column of probabilities": (
        lambda inputs: 1 / (1 + np.exp(inputs[:, :1] - inputs[:, 1:])),
        f"predict returns shape (25, 1), but {EXPECTED}: {PROBABILITY}",
    ),
    "probabilities": (
        lambda inputs: 1 / (1 + np.exp(inputs[:, 0] - inputs[:, 1])),
        f"predict returns shape (25,), but {EXPECTED}: {PROBABILITY}",
    ),
    "truth values": (
        lambda inputs: inputs[:, 0] < inputs[:, 1],
        f"predict returns shape (25,), but {EXPECTED}: {PROBABILITY}",
    ),
    "a column of scores": (
        lambda inputs: inputs[:, 1:] - inputs[:, :1],
        f"predict returns shape (25, 1), but {EXPECTED}: {SCORE}",
    ),
    "scores in columns": (
        lambda inputs: two_classes(inputs).T,
        f"predict returns shape (2, 25), but {EXPECTED} (rows and columns exchanged?)",
    ),
    "too few rows": (
        lambda inputs: two_classes(inputs)[1:],
        f"predict returns shape (24, 2), but {EXPECTED}",
    ),
    "no columns": (
        lambda inputs: inputs[:, :0],
        f"predict returns shape (25, 0), but {EXPECTED}",
    ),
    "NaN": (
        lambda inputs: np.where(inputs > 0, np.nan, inputs),
        "the result of predict holds nan at (3, 0), but only finite numbers...",
    ),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD_PREDICTIONS)
def test_a_predict_that_returns_anything_but_scores_is_refused(bad):
    predict, message = BAD_PREDICTIONS[bad]
    with refused(message):
        regions(predict)


@pytest.mark.parametrize(
    "bad", [name for name in BAD_PREDICTIONS if "return np" in BAD_PREDICTIONS[name][1]]
)
def test_the_advice_on_predict_helps(bad):
    predict, message = BAD_PREDICTIONS[bad]
    advice = message[message.index("return np") + 7 :]
    names = {"np": np, "n_classes": 2}

    def advised(inputs):
        result = predict(inputs)
        return eval(advice, names | dict.fromkeys("kpz", result))

    colours, at = painted(advised)
    clear = abs(at[:, 0] - at[:, 1]) > 0.2
    classes = (at[:, 0] < at[:, 1]).astype(int)
    tints = 0.75 + 0.25 * np.array([to_rgb(colour) for colour in plots.COLOURS[:2]])
    np.testing.assert_allclose(colours[clear], tints[classes[clear]], atol=1 / 255)


class Layer:
    def forward(self, inputs):
        return two_classes(inputs)


@pytest.mark.parametrize(
    ("predict", "message"),
    [
        (None, "predict must be a function from inputs to scores, but it is of type NoneType"),
        (PLANE, "predict must be a function from inputs to scores, but it is of type ndarray"),
        (Layer(), "predict must be a function from inputs to scores, but it is of type Layer: pass its method forward"),
    ],
)  # fmt: skip
def test_a_predict_that_is_no_function_is_refused(predict, message):
    with refused(message):
        regions(predict)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (1, "resolution is 1, but at least 2 is needed"),
        (0, "resolution is 0, but at least 2 is needed"),
        (2.5, "resolution must be an integer, but it is 2.5"),
    ],
)
def test_a_bad_resolution_is_refused(bad, message):
    with refused(message):
        plots.decision_regions(two_classes, PLANE, [0, 1, 0, 1], resolution=bad)
    with refused(message):
        surface(resolution=bad)


@pytest.mark.parametrize("draw", ["points", "regions", "surface"])
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (3, "ax must be a matplotlib Axes, but it is of type int"),
        (
            np.array([None, None]),
            "ax must be a matplotlib Axes, but it is of type ndarray: pass one of its entries",
        ),
        (
            [],
            "ax must be a matplotlib Axes, but it is of type list: pass one of its entries",
        ),
    ],
)
def test_what_is_no_axes_is_refused(draw, bad, message):
    with refused(message):
        if draw == "points":
            plots.points(PLANE, CLASSES, ax=bad)
        elif draw == "regions":
            regions(two_classes, ax=bad)
        else:
            surface(ax=bad)


@pytest.mark.parametrize("bad", [0, -1.0, np.nan, "large"])
def test_a_bad_size_is_refused(bad):
    with pytest.raises((TypeError, ValueError), match=r"^size "):
        plots.points(PLANE, CLASSES, size=bad)
    assert plt.get_fignums() == []


def test_a_single_sample_at_the_origin_has_room_around_it():
    ax = plots.decision_regions(two_classes, [[0.0, 0.0]], [0])
    assert ax.get_xlim() == (-1, 1)


HISTORY = {"epoch": [0, 1, 2], "loss": [1.1, 0.9, 0.5], "accuracy": [0.3, 0.5, 0.9]}


def history(**changes):
    return {"SGD": HISTORY | changes}


BAD_HISTORIES = {
    "no mapping": (
        [HISTORY],
        TypeError,
        "histories must map the name of each run to its history, but it is of type list",
    ),
    "none": ({}, ValueError, "histories is empty: at least one run is needed"),
    "a history alone": (
        HISTORY,
        TypeError,
        "histories['epoch'] must map 'epoch', 'loss' and 'accuracy' to numbers, but it is of type list "
        "(for a single run, pass {'its name': history})",
    ),
    "a list alone": (
        {"SGD": [1.0, 0.5]},
        TypeError,
        "histories['SGD'] must map 'epoch', 'loss' and 'accuracy' to numbers, but it is of type list",
    ),
    "no accuracy": (
        {"SGD": {"epoch": [0], "loss": [1.0]}},
        ValueError,
        "histories['SGD'] has no 'accuracy', only 'epoch', 'loss'",
    ),
    "words": (
        history(loss=["1.1", "0.9", "0.5"]),
        TypeError,
        "histories['SGD']['loss'] must hold real numbers, but its entries are of type <U3",
    ),
    "one number": (
        history(loss=0.5),
        ValueError,
        "histories['SGD']['loss'] must be a sequence of numbers, but it has shape ()",
    ),
    "a column": (
        history(loss=[[1.1], [0.9], [0.5]]),
        ValueError,
        "histories['SGD']['loss'] must be a sequence of numbers, but it has shape (3, 1)",
    ),
    "nothing yet": (
        {"SGD": {"epoch": [], "loss": [], "accuracy": []}},
        ValueError,
        "histories['SGD']['epoch'] is empty: at least one number is needed",
    ),
    "another length": (
        history(loss=[1.1, 0.9]),
        ValueError,
        "histories['SGD']['loss'] has 2 entries, but histories['SGD']['epoch'] has 3",
    ),
    "percentages": (
        history(accuracy=[30.0, 50.0, 90.0]),
        ValueError,
        "histories['SGD']['accuracy'] holds 90.0, but an accuracy lies between 0 and 1 "
        "(for percentages, divide by 100)",
    ),
    "a negative accuracy": (
        history(accuracy=[0.1, -0.5, 0.9]),
        ValueError,
        "histories['SGD']['accuracy'] holds -0.5, but an accuracy lies between 0 and 1",
    ),
    "NaN for an epoch": (
        history(epoch=[0, 1, np.nan]),
        ValueError,
        "histories['SGD']['epoch'] holds nan, but only finite numbers can be drawn",
    ),
    "nothing but NaN": (
        history(loss=[np.nan] * 3),
        ValueError,
        "histories['SGD']['loss'] holds no finite number, so there is nothing to draw",
    ),
}


@pytest.mark.parametrize("bad", BAD_HISTORIES)
def test_bad_histories_are_refused(bad):
    histories, error, message = BAD_HISTORIES[bad]
    with refused(message, error):
        plots.learning_curves(histories)


def test_the_advice_on_a_single_history_helps():
    axes = plots.learning_curves({"its name": HISTORY})
    assert axes[0].lines[0].get_ydata().tolist() == HISTORY["loss"]


def test_the_curve_of_a_run_that_diverges_ends_where_it_does():
    axes = plots.learning_curves(history(loss=[1.1, np.inf, np.nan]))
    assert axes[0].lines[0].get_ydata()[0] == 1.1
    assert np.isfinite(axes[0].get_ylim()).all()


def test_a_loss_below_zero_is_in_the_picture():
    axes = plots.learning_curves(history(loss=[1.0, -2.0, -3.0]))
    assert axes[0].get_ylim()[0] < -3.0
    axes = plots.learning_curves(history())
    assert axes[0].get_ylim()[0] == 0


def test_ten_thousand_epochs_are_written_as_in_the_text():
    longer = history(epoch=[0, 5000, 10000])
    for ax in plots.learning_curves(longer):
        ax.figure.draw_without_rendering()
        labels = [label.get_text() for label in ax.get_xticklabels()]
        assert {"0", "10,000"} <= set(labels)


@pytest.mark.parametrize("n_axes", [1, 3])
def test_two_axes_are_needed_for_learning_curves(n_axes):
    axes = plt.figure().subplots(1, n_axes, squeeze=False)[0]
    with pytest.raises(ValueError, match=f"^axes holds {n_axes}, but 2 are needed$"):
        plots.learning_curves(history(), axes=axes)
    assert not axes[0].lines


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (3, "axes must be a sequence of matplotlib Axes, but it is of type int"),
        ([1, 2], "axes must be a sequence of matplotlib Axes, but it holds an entry of type int"),
    ],
)  # fmt: skip
def test_what_is_no_sequence_of_axes_is_refused(bad, message):
    with refused(message):
        plots.learning_curves(history(), axes=bad)
    with refused(message):
        plots.layer_histograms({"a": {"now": [1.0]}, "b": {"now": [1.0]}}, axes=bad)


BAD_LAYERS = {
    "no mapping": (
        [np.ones(3)],
        "layers must map the name of each layer to what it holds, but it is of type list",
    ),
    "none": ({}, "layers is empty: at least one layer is needed"),
    "an array alone": (
        {"layer 1": np.ones(3)},
        "layers['layer 1'] must map the name of each moment to an array, but it is of type ndarray "
        "(for a single moment, pass {'its name': array})",
    ),
    "no moments": (
        {"layer 1": {}},
        "layers['layer 1'] is empty: at least one moment is needed",
    ),
    "an empty array": (
        {"layer 1": {"step 0": []}},
        "layers['layer 1']['step 0'] is empty: at least one number is needed",
    ),
    "words": (
        {"layer 1": {"step 0": ["a"]}},
        "layers['layer 1']['step 0'] must hold real numbers, but its entries are of type <U1",
    ),
    "NaN": (
        {"layer 1": {"step 0": [[1.0, np.nan]]}},
        "layers['layer 1']['step 0'] holds nan at (0, 1), but only finite numbers...",
    ),
    "infinity": (
        {"layer 1": {"step 0": [np.inf]}},
        "layers['layer 1']['step 0'] holds inf at (0,), but only finite numbers...",
    ),
}


@pytest.mark.parametrize("bad", BAD_LAYERS)
def test_bad_layers_are_refused(bad):
    layers, message = BAD_LAYERS[bad]
    with refused(message):
        plots.layer_histograms(layers)


def test_no_layer_is_left_out_for_want_of_axes():
    layers = {name: {"now": np.ones(3)} for name in ("layer 1", "layer 2")}
    axes = plt.figure().subplots(1, 1, squeeze=False)[0]
    with pytest.raises(ValueError, match=r"^axes holds 1, but 2 are needed$"):
        plots.layer_histograms(layers, axes=axes)
    assert not axes[0].patches


def test_sizes_that_are_all_rare_are_all_drawn():
    values = 2.0 ** np.arange(-500, 500)
    (ax,) = plots.layer_histograms({"layer 1": {"step 0": values}})
    shares, edges, _ = ax.patches[0].get_data()
    assert (edges[0], edges[-1], len(shares)) == (-500, 500, 1000)


@pytest.mark.parametrize("bad", [0, -1, 1.5, "3", None])
def test_a_filmstrip_needs_whole_numbers_of_pictures_and_columns(bad):
    with pytest.raises((TypeError, ValueError), match=r"^n_pictures "):
        plots.filmstrip(bad, 3)
    with pytest.raises((TypeError, ValueError), match=r"^columns "):
        plots.filmstrip(3, bad)
    assert plt.get_fignums() == []


PATHS = {"walk": [[2.0, 0, 0], [0, 1.0, 0], [0, 0, 0]]}


def bowl(at):
    return 1 + at @ at


def surface(loss=bowl, paths=PATHS, centre=(0.0, 0.0, 0.0), resolution=5, ax=None):
    return plots.loss_surface(loss, paths, centre, resolution=resolution, ax=ax)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (3, "loss must be a function of the parameters, but it is of type int"),
        (lambda at: None, "loss must return one number, but it returns None (was return forgotten?)"),
        (lambda at: "0.5", "loss must return one number, but it returns '0.5'"),
        (lambda at: 1j, "loss must return one number, but it returns 1j"),
        (lambda at: at, "loss must return one number, but it returns an array of shape (3,) (was the mean forgotten?)"),
    ],
)  # fmt: skip
def test_a_loss_that_returns_anything_but_a_number_is_refused(bad, message):
    with refused(message):
        surface(bad)


@pytest.mark.parametrize("kind", [float, np.float32, np.array])
def test_a_loss_may_be_any_kind_of_number(kind):
    assert surface(lambda at: kind(1 + at @ at)).lines


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (PATHS["walk"], "paths must map the name of each path to its points, but it is of type list"),
        ({}, "paths is empty: at least one path is needed"),
        ({"walk": []}, "paths['walk'] must be a matrix..."),
        ({"walk": np.ones((3, 2))}, "paths['walk'] has shape (3, 2), but 3 columns are expected..."),
        ({"walk": [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]},
         "paths lie on one line through centre: the map needs a second direction, from another path or more steps"),
    ],
)  # fmt: skip
def test_bad_paths_are_refused(bad, message):
    with refused(message):
        surface(paths=bad)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (0.0, "centre must be one row of parameters, but it has shape ()"),
        ([[0.0, 0, 0]], "centre must be one row of parameters, but it has shape (1, 3): pass np.ravel(centre)"),
        ([], "centre must be one row of parameters, but it has shape (0,)"),
        (["a", "b", "c"], "centre must hold real numbers, but its entries are of type <U1"),
        ([0, np.nan, 0], "centre holds nan at (1,), but only finite numbers..."),
    ],
)  # fmt: skip
def test_a_bad_centre_is_refused(bad, message):
    with refused(message):
        surface(centre=bad)


def test_paths_that_keep_their_distance_from_the_centre_are_on_the_map():
    ax = surface(paths={"walk": [[3.0, 1.0, 0], [-3.0, 1.0, 0]]})
    bottom, top = ax.get_ylim()
    assert bottom < 1 < top or bottom < -1 < top


def test_a_loss_that_hardly_changes_is_drawn():
    assert surface(lambda at: 1 + 1e-3 * (at @ at)).lines


def test_a_models_history_can_be_drawn_as_it_is():
    ax, _ = plots.learning_curves(
        {"mine": {"loss": [3.0, 2.0], "accuracy": [0.1, 0.2]}}
    )
    assert ax.lines[0].get_xdata().tolist() == [1, 2]


@pytest.mark.parametrize("label", [1e300, 2.0**63])
def test_a_label_too_large_for_a_class_number_is_refused(label):
    with pytest.raises(ValueError, match=r"^y holds the label .*, which is too large"):
        plots.points(np.zeros((2, 2)), [0, label])


def test_a_path_too_far_from_the_centre_is_named():
    far = np.full((2, 2), 1.7e308)
    with pytest.raises(ValueError, match=r"^paths\['a'\] - centre"):
        plots.loss_surface(lambda at: 1.0, {"a": far}, -far[0])

"""The pictures that readers draw of networks of their own say what is so."""

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

"""The playground of a page, as a reader sees it, and the library's numbers for its settings."""

from pathlib import Path

import nnfs
import numpy as np
from browsing import new_page, without_network
from nnfs.datasets import spiral_data
from playwright.sync_api import expect

from nnfs_lib import Dense, Dropout, Model, ReLU, SoftmaxCrossEntropy
from tools.record import recorded_path
from web import printed_runs

ROOT = Path(__file__).resolve().parents[2]
PRINTED = printed_runs.printed_runs([recorded_path(ROOT / "book/optimizers.md")])
MOMENTUM = "SGD(learning_rate=1, decay=0.001, momentum=0.9), 64 neurons, seed 0"
ADAGRAD = "AdaGrad(learning_rate=1, decay=0.0001, epsilon=1e-07), 64 neurons, seed 0"
OPENING = {
    "Seed": "0",
    "Batch size": "300",
    "Neurons": "64",
    "Dropout": "0",
    "L2 penalty": "0",
    "Optimizer": "sgd",
    "Learning rate": "1",
    "Decay": "0.001",
    "Momentum": "0.9",
}


def spirals(seed):
    """The training set, and the held-out set."""
    nnfs.init()
    np.random.seed(100 + seed)
    held_out = spiral_data(samples=100, classes=3)
    np.random.seed(seed)
    return spiral_data(samples=100, classes=3), held_out


def network(optimizer, neurons=64, seed=0, dropout=0, l2=0):
    rng = np.random.RandomState(seed)
    layers = [
        Dense(2, neurons, l2=l2),
        ReLU(),
        Dropout(dropout, rng=rng),
        Dense(neurons, 3, l2=l2),
    ]
    return Model(layers, loss=SoftmaxCrossEntropy(), optimizer=optimizer, rng=rng)


def numbers(model, *sets):
    """Learning rate, then loss and accuracy on each set, as the page shows them."""
    measured = [model.evaluate(*each) for each in sets]
    return [f"{model.optimizer.current_learning_rate:.6g}"] + [
        text
        for each in measured
        for text in (str(np.float32(each["loss"])), f"{each['accuracy']:.3f}")
    ]


def trained(optimizer, epochs, seed=0, batch_size=None, **settings):
    """The numbers of the page after so many epochs."""
    training, held_out = spirals(seed)
    model = network(optimizer, seed=seed, **settings)
    if epochs:
        model.fit(*training, batch_size=batch_size, epochs=epochs)
    return numbers(model, training, held_out)


COLOURS = """
canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = new Set(new Uint32Array(data.buffer));
  return [...found].slice(0, 100);
}
"""


class Playground:
    """The playground of a page, as a reader sees it."""

    def __init__(self, page):
        self.page = page
        self.element = page.locator(".playground")
        self.status = self.element.locator(".playground-status")
        self.verdict = self.element.locator(".playground-verdict")
        self.epoch = self.element.locator("dd").first
        self.regions, self.loss, self.accuracy = self.element.locator("canvas").all()

    def button(self, name):
        return self.element.get_by_role("button", name=name, exact=True)

    def slider(self, name):
        return self.element.get_by_label(name)

    def numbers(self):
        epoch, *others = self.element.locator("dd").all_text_contents()
        return int(epoch.replace(",", "")), others

    def words(self):
        """Of the three pictures."""
        return [
            canvas.get_attribute("aria-label")
            for canvas in (self.regions, self.loss, self.accuracy)
        ]

    def settings(self):
        rows = self.element.locator("fieldset > div:visible")
        return {
            row.locator("label").text_content(): row.locator("select, span").evaluate(
                "e => (e.value ?? e.textContent).replace('all ', '')"
            )
            for row in rows.all()
        }

    def follow(self, link):
        self.page.evaluate("history.replaceState(null, '', '#')")
        self.epoch.evaluate("epoch => (epoch.textContent = 'begins again')")
        self.page.evaluate("link => (location.hash = link)", link)
        expect(self.epoch).to_have_text("0")

    def walk(self, epochs, already=0):
        for epoch in range(already + 1, already + epochs + 1):
            self.button("Step").click()
            expect(self.epoch).to_have_text(str(epoch))


def open_page(chromium, site, link="", **settings):
    page = new_page(chromium, **settings)
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    without_network(page)
    page.goto(f"{site}/book/playground.html{link}")
    return page

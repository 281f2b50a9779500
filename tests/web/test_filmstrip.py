"""A sheet of pictures becomes a player: on the front page, twelve moments of a training."""

import pytest
from browsing import without_network

N_PICTURES = 12


@pytest.fixture
def page(chromium, site):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    without_network(page)
    page.clock.install(time="2026-01-01")
    page.goto(f"{site}/book/index.html")
    page.clock.pause_at("2026-01-02")  # from here on, time passes only in run_for
    yield page
    page.close()


@pytest.fixture
def film(page):
    return page.get_by_role("group", name="Pictures one at a time")


def place(film):
    """What the film says of its place; the slider and the picture have to agree."""
    text = film.locator(".filmstrip-place").text_content()
    number = int(text.removesuffix(f" of {N_PICTURES}"))
    slider = film.get_by_role("slider", name="Picture")
    assert slider.input_value() == str(number - 1)
    assert slider.get_attribute("aria-valuetext") == text
    pane = film.locator(".filmstrip-pane").bounding_box()
    sheet = film.locator("img").bounding_box()
    column, row = (number - 1) % 4, (number - 1) // 4
    assert sheet["width"] == pytest.approx(4 * pane["width"])
    # The sheet is as high as three panes, but for what matplotlib rounds away.
    assert sheet["height"] == pytest.approx(3 * pane["height"], rel=1e-3)
    assert sheet["x"] == pytest.approx(pane["x"] - column * pane["width"], abs=1)
    assert sheet["y"] == pytest.approx(pane["y"] - row * pane["height"], abs=1)
    return number


def press(film, name):
    film.get_by_role("button", name=name, exact=True).click()


def test_it_shows_its_last_picture_until_played(page, film):
    assert place(film) == N_PICTURES
    page.clock.run_for(60_000)
    assert place(film) == N_PICTURES


def test_it_plays_to_its_end_and_can_be_paused(page, film):
    press(film, "Play")
    assert place(film) == 1
    page.clock.run_for(1700)
    assert place(film) == 3
    press(film, "Pause")
    page.clock.run_for(60_000)
    assert place(film) == 3
    press(film, "Play")
    page.clock.run_for(60_000)
    assert place(film) == N_PICTURES
    assert film.get_by_role("button", name="Pause").count() == 0


def test_it_steps_both_ways_but_not_past_its_ends(page, film):
    press(film, "Next")
    assert place(film) == N_PICTURES
    press(film, "Back")
    press(film, "Back")
    assert place(film) == N_PICTURES - 2
    press(film, "Play")
    press(film, "Next")  # ends the playing, too
    page.clock.run_for(60_000)
    assert place(film) == N_PICTURES


def test_it_works_by_keyboard(page, film):
    film.get_by_role("slider").focus()
    page.keyboard.press("Home")
    assert place(film) == 1
    page.keyboard.press("ArrowRight")
    assert place(film) == 2
    film.get_by_role("button", name="Play").focus()
    page.keyboard.press("Space")
    page.clock.run_for(900)
    assert place(film) == 4


def test_in_print_and_without_scripts_all_pictures_are_shown(
    page, film, chromium, site
):
    page.emulate_media(media="print")
    assert not film.get_by_role("slider").is_visible()
    sheet = film.locator("img").bounding_box()
    assert sheet["width"] <= film.bounding_box()["width"]
    plain = chromium.new_page(java_script_enabled=False)
    plain.goto(f"{site}/book/index.html")
    assert plain.get_by_role("img", name="Twelve square pictures").is_visible()
    assert plain.locator(".filmstrip").count() == 0
    plain.close()

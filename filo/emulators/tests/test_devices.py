"""One device for all played providers: it draws what arrived and acts as a customer does there."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from filo.emulators.accounts import Bubble
from filo.emulators.tests.pages import in_town, page_of
from filo.emulators.tests.town import PHONE, Town
from filo.emulators.tests.toy import ALL, says, says_everything, toy
from filo.emulators.world import moment

EVERYBODY = ""


async def opened(page: Page, kind: str) -> None:
    await page.get_by_role("button", name="Tutte le app").click()
    await page.locator(f".icons [data-app={kind}]").click()


@pytest.mark.browser
def test_every_type_of_bubble_is_drawn_and_every_deed_reaches_the_provider() -> None:
    async def test(town: Town) -> None:
        with toy(town.world) as (player, account):
            says_everything(town.world, account, PHONE)
            async with page_of(town, "/?lang=it") as page:
                await opened(page, "toy")
                await expect(page.locator(".flow .bubble")).to_have_count(len(ALL) - 1)  # a notice
                await expect(page.locator(".cards .tile")).to_have_count(2)
                await expect(page.locator(".pass")).to_contain_text("QX7P2M")
                await expect(page.locator(".pass")).to_contain_text("16:15")
                await page.locator(".answers.quick").get_by_text("16:40").click()
                await page.locator(".cards").get_by_role("button", name="Catania").first.click()
                await page.get_by_role("button", name="11:30").click()
                await page.get_by_role("button", name="Compila").click()
                await page.get_by_label("Volo").fill("BZ 482")
                await page.locator(".asking button").click()
                await page.get_by_label("Messaggio", exact=True).fill("Grazie!")
                await page.keyboard.press("Enter")
                await expect(page.locator(".line.mine")).to_have_count(1)
                await expect(page.locator(".answers.quick")).to_have_count(0)
        assert [deed.tap for deed in player.deeds[:3]] == ["pm", "cta", "s2"]
        assert player.deeds[3].values == {"flight": "BZ 482", "how": "air"}
        assert (player.deeds[4].text, player.deeds[4].name) == ("Grazie!", "Ada Conti")

    in_town(test)


@pytest.mark.browser
def test_anybody_may_comment_where_everybody_reads() -> None:
    async def test(town: Town) -> None:
        with toy(town.world, "facebook_page") as (player, account):
            post = says(town.world, account, EVERYBODY, "post", text="Da oggi anche a Bari.")
            async with page_of(town, "/?lang=it") as page:
                await opened(page, "facebook_page")
                await page.get_by_role("button", name="Commenta").click()
                await page.get_by_label("Il tuo commento").fill("Finalmente!")
                await page.locator(".comment .go").click()
                below = page.locator(".post ul .said")
                await expect(below).to_contain_text("Finalmente!")
                await expect(below.get_by_role("button", name="Modifica")).to_be_visible()
                async with page.expect_response(lambda one: one.request.method == "POST"):
                    await below.get_by_role("button", name="Brezza: nascondi").click()
        assert (player.deeds[0].act, player.deeds[0].about) == ("comment", post.id)
        assert (player.deeds[1].act, bool(player.deeds[1].about)) == ("hide", True)

    in_town(test)


@pytest.mark.browser
def test_every_app_can_be_used_by_everybody_in_light_and_dark_and_on_a_small_screen() -> None:
    async def test(town: Town) -> None:
        with (
            toy(town.world, "telegram") as (_, telegram),
            toy(town.world, "facebook_page") as (_, page_account),
        ):
            mine = Bubble("m1", False, moment(), "text", {"text": "Buongiorno"})
            town.world.accounts.talk(telegram, PHONE).bubbles.append(mine)
            says_everything(town.world, telegram, PHONE)
            says(town.world, page_account, EVERYBODY, "post", text="Buon viaggio", rating=4)
            async with page_of(town, "/?lang=it", color_scheme="dark") as page:
                await page.set_viewport_size({"width": 390, "height": 844})
                await opened(page, "telegram")
                await expect(page.locator(".flow .pass")).to_be_visible()
                await _clean(page)
                await opened(page, "facebook_page")
                await page.get_by_role("button", name="Chiaro o scuro").click()
                await expect(page.locator(".post")).to_be_visible()
                await _clean(page)

    in_town(test)


async def _clean(page: Page) -> None:
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, "the page is wider than the screen"

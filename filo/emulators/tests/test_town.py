"""The town's pages: safe to open, and what is done on them is really done."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from filo.channels.contract import Choice, Option, Said, Text
from filo.core import clock, passes
from filo.emulators.tests.pages import CHANNEL, in_town, page_of
from filo.emulators.tests.town import NUMBER, PHONE, Town
from filo.emulators.town.words import _WORDS, words

# --- pages and their policy -------------------------------------------------------


@pytest.mark.parametrize("path", ["/", f"/shop/{CHANNEL}"])
def test_pages_run_no_script_but_their_own(path: str) -> None:
    async def test(town: Town) -> None:
        reply = await town.web.get(path)
        policy = reply.headers["content-security-policy"]

        assert reply.status_code == 200
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert " style=" not in reply.text
        assert " onclick" not in reply.text

    in_town(test)


def test_a_page_speaks_the_browsers_language_unless_told_otherwise() -> None:
    async def test(town: Town) -> None:
        italian = await town.web.get("/", headers={"accept-language": "it-IT,it;q=0.9"})
        told = await town.web.get("/?lang=en", headers={"accept-language": "it"})

        assert '<html lang="it">' in italian.text
        assert "<h1>La città</h1>" in italian.text
        assert "<h1>The town</h1>" in told.text

    in_town(test)


def test_every_word_is_there_in_both_languages() -> None:
    assert set(words("it")) == set(words("en")) == set(_WORDS)
    assert all(words("it").values())


@pytest.mark.parametrize("file", ["town.html", "..%2Fpages.py", "pages.py", "nothing.js", ".js"])
def test_only_scripts_styles_and_pictures_are_served(file: str) -> None:
    async def test(town: Town) -> None:
        assert (await town.web.get(f"/town/{file}")).status_code == 404

    in_town(test)


def test_who_lives_here_is_told_without_secrets() -> None:
    async def test(town: Town) -> None:
        reply = await town.web.get("/play/town")
        told = reply.json()

        assert told["numbers"] == [NUMBER]
        assert [person["name"] for person in told["people"]] == ["Ada Conti"]
        assert told["shops"] == [{"channel": CHANNEL}]
        assert "token" not in reply.text
        assert "key" not in reply.text

    in_town(test)


def test_a_strange_page_cannot_play_in_our_browser() -> None:
    async def test(town: Town) -> None:
        reply = await town.web.get("/play/town", headers={"host": "evil.example"})

        assert reply.status_code == 403

    in_town(test)


def test_who_logs_in_at_the_shop_gets_the_word_that_filo_believes() -> None:
    async def test(town: Town) -> None:
        path = f"/play/webchat/{CHANNEL}/pass"
        token = (await town.web.get(path, params={"phone": PHONE})).json()["token"]

        believed = passes.claims(token, key="key", channel=CHANNEL, at=clock.now())
        assert (believed.sub, believed.name) == (f"brezza-{PHONE}", "Ada Conti")
        assert (await town.web.get(path, params={"phone": "1"})).status_code == 404

    in_town(test)


def test_somebody_new_is_known_from_now_on() -> None:
    async def test(town: Town) -> None:
        zoe = {"phone": "393895550100", "name": "Zoë Ferrante", "email": "zoe@posta.example"}
        await town.play("/play/town/people", **zoe)
        bad = await town.web.post("/play/town/people", json={**zoe, "phone": "+39 x"})

        people = (await town.web.get("/play/town")).json()["people"]
        assert zoe.items() <= people[-1].items()
        assert bad.status_code == 400

    in_town(test)


# --- in a browser ------------------------------------------------------------------


@pytest.mark.browser
def test_a_newcomer_writes_is_asked_and_presses_an_answer() -> None:
    async def test(town: Town) -> None:
        async with page_of(town, "/?lang=it") as page:
            await page.get_by_label("Messaggio", exact=True).fill("Posso cambiare volo?")
            await page.keyboard.press("Enter")
            first = (await town.hook.until(1))[0]
            assert isinstance(first, Said)
            assert first.parts == (Text("Posso cambiare volo?"),)

            await town.say(Choice("Quale?", (Option("am", "07:10"), Option("pm", "16:40"))))
            await page.get_by_role("button", name="16:40").click()
            await expect(page.locator(".line.mine .quote")).to_have_text("Quale?")
        said = [fact for fact in town.hook.facts if isinstance(fact, Said)]
        assert said[-1].context == {"choice": "pm"}

    in_town(test)


@pytest.mark.browser
def test_words_from_the_business_never_become_a_tag() -> None:
    async def test(town: Town) -> None:
        async with page_of(town, "/?lang=en") as page:
            await town.say(Text("<img src=x onerror=alert(1)>"))
            shown = page.locator(".line .bubble p")
            await expect(shown).to_have_text("<img src=x onerror=alert(1)>")

    in_town(test)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/?lang=it", f"/shop/{CHANNEL}?lang=en&phone={PHONE}&name=Ada"])
def test_pages_can_be_used_by_everybody(path: str, scheme: str) -> None:
    async def test(town: Town) -> None:
        await town.say(Text("Buongiorno"))
        async with page_of(town, path, color_scheme=scheme) as page:
            await page.wait_for_load_state("networkidle" if "shop" in path else "load")
            found = await Axe().run(page)
            assert found.violations_count == 0, found.generate_report()

    in_town(test)

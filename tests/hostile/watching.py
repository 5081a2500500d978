"""A browser that writes down what a page does to the world, and what a reader sees of it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Route

from tests.hostile.items import MARK

RAW = "http://raw.example/"
MARKS = re.compile(MARK + r"[0-9]{4}[ab]")
PROVOKE = """async () => {
  const names = ["mouseover", "pointerenter", "focus", "focusin", "load", "error", "toggle",
    "beforetoggle", "start", "animationstart", "input", "change", "scroll", "wheel"]
  const about = document.querySelector("#flow") ?? document.body
  for (const one of about.querySelectorAll("details")) one.open = true
  for (const element of about.querySelectorAll("*"))
    for (const name of names) element.dispatchEvent(new Event(name, { bubbles: true }))
  await new Promise(done => setTimeout(done, %d))
  return [about.innerText, String(top.pwned ?? "")]
}"""
# What may stand inside a cleaned mail; the page around it is ours.
STRANGE = """() => [...document.querySelectorAll("#flow .mail *, #flow .bub a")].flatMap(one => {
  const told = `${one.tagName} ${one.outerHTML.slice(0, 120)}`
  const may = new Set(["href", "rel", "target", "dir", "lang", "style", "src", "alt", "width",
    "height", "start", "colspan", "rowspan", "class"])
  if ([...one.attributes].some(each => !may.has(each.name))) return [told]
  if (one.matches("script,style,iframe,frame,object,embed,form,input,button,textarea,select,link,"
    + "meta,base,svg,math,template,dialog,video,audio,label,output,slot")) return [told]
  if (one.className && !["blocked-image", "mail-heading"].includes(one.className)) return [told]
  if (one.tagName !== "A" || !one.hasAttribute("href")) return []
  const fit = ["http:", "https:", "mailto:", "tel:"].includes(one.protocol)
    && one.target === "_blank" && one.rel.includes("noopener")
  return fit ? [] : [told]
})"""

# The words of a page as a mail program shows them: parsed by the browser, never laid out.
LEGIBLE = """pages => pages.map(html => {
  const page = new DOMParser().parseFromString(html, "text/html")
  const unseen = "script,style,template,title,iframe,noembed,noframes,object,audio,video,canvas"
  for (const one of page.querySelectorAll(unseen)) one.remove()
  return page.body?.textContent ?? ""
})"""


class Watch:
    """One page, with or without its own policy."""

    def __init__(self, browser: Browser, *, origin: str = "", **how: Any) -> None:
        self.context = browser.new_context(base_url=origin or None, locale="en-GB", **how)
        self.own = {urlsplit(origin).port} if origin else set()
        self.raw = ""
        self.foreign: list[str] = []
        self.asked: set[str] = set()  # of our own house
        self.dialogs: list[str] = []
        self.policy: list[str] = []
        self.errors: list[str] = []  # of our own scripts
        self.context.route("**/*", self._route)
        self.page: Page = self.context.new_page()
        self.page.on("dialog", self._dismiss)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _heard(self, told: ConsoleMessage) -> None:
        if "Content Security Policy" in told.text:
            self.policy.append(told.text)

    def _route(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if route.request.url == RAW:
            route.fulfill(body=self.raw, content_type="text/html; charset=utf-8")
        elif (
            self.own and address.hostname in {"localhost", "127.0.0.1"} and address.port in self.own
        ):
            self.asked.add(address.path)
            route.continue_()
        else:
            self.foreign.append(route.request.url)
            route.abort()

    def opens(self, address: str) -> Seen:
        """Swap a case into the open page, as a click on its row does, and provoke it."""
        self.page.evaluate(
            "address => htmx.ajax('GET', address, {target: '#open', swap: 'innerHTML'})", address
        )
        return self.provoke()

    def provoke(self, *, rest: int = 20) -> Seen:
        text, pwned = self.page.evaluate(PROVOKE % rest)
        return Seen(text, pwned)

    def lays(self, html: str) -> None:
        """Make it a page of its own, as it is."""
        self.raw = html
        self.page.goto(RAW, wait_until="commit")
        self.page.wait_for_load_state("domcontentloaded")

    def legible(self, pages: list[str]) -> list[set[str]]:
        """The marks that a reader sees who lets no script run, page by page."""
        found: list[str] = self.page.evaluate(LEGIBLE, pages)
        return [set(MARKS.findall(text)) for text in found]

    def strange(self) -> list[str]:
        """Elements and links in the mails of the page that must never be there."""
        found: list[str] = self.page.evaluate(STRANGE)
        return found

    def close(self) -> None:
        self.context.close()


class Seen:
    """What a reader sees of the page, and what an attack left in it."""

    def __init__(self, text: str, pwned: str) -> None:
        self.marks = set(MARKS.findall(text))
        self.text = text
        self.pwned = pwned

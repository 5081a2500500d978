// The button on the customer's page: no frame and no request until it is wanted.
(() => {
const me = document.currentScript, origin = new URL(me.src).origin, channel = me.dataset.channel;
const it = (document.documentElement.lang || navigator.language).startsWith("it");
const words = it ? ["Scrivici", "Chiudi la chat", " da leggere"] : ["Message us", "Close the chat", " unread"];
const mark = "filo-" + channel, heard = {}, waiting = [];
const host = document.createElement("filo-widget"), root = host.attachShadow({ mode: "open" });
const css = new CSSStyleSheet();
css.replaceSync(`:host{all:initial;position:fixed;inset:auto 20px 20px auto;z-index:2147483000;font:550 15px/1 system-ui,sans-serif}
button{all:unset;box-sizing:border-box;display:flex;gap:9px;align-items:center;height:52px;padding:0 20px;border-radius:26px;background:var(--filo-accent,#0b6466);color:var(--filo-accent-ink,#fff);cursor:pointer;box-shadow:0 8px 24px -6px #0006}
button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px #0b6466}
svg{width:20px;height:20px;fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round}
b{background:#b3261e;color:#fff;border-radius:10px;padding:4px 7px;font-size:12px}
[hidden]{display:none!important}
iframe{position:fixed;inset:auto 20px 84px auto;width:392px;max-width:calc(100vw - 40px);height:min(680px,calc(100dvh - 104px));border:0;border-radius:16px;box-shadow:0 16px 48px -12px #0007;color-scheme:normal}
@media(max-width:520px){iframe{inset:0;width:100vw;max-width:none;height:100dvh;border-radius:0}}`);
root.adoptedStyleSheets = [css];
root.innerHTML = `<button type=button aria-expanded=false><svg viewBox="0 0 24 24" aria-hidden=true><path d="M5 5h14v10h-8l-4 4v-4H5z"/></svg><span>${words[0]}</span><b hidden></b></button>`;
const button = root.firstChild, label = button.children[1], badge = button.children[2];
let frame, port;
const say = (told) => (port ? port.postMessage(told) : waiting.push(told));
const load = () => {
if (frame) return;
frame = document.createElement("iframe");
frame.title = words[0];
frame.allow = "clipboard-write; microphone; autoplay";
frame.src = `${origin}/w/${channel}?lang=${it ? "it" : "en"}`;
frame.onload = () => {
const line = new MessageChannel();
port = line.port1;
port.onmessage = hear;
frame.contentWindow.postMessage("filo", origin, [line.port2]);
say({ page: location.href, open: !frame.hidden });
waiting.splice(0).forEach(say);
};
root.append(frame);
};
const hear = ({ data }) => {
if (data.close) close();
if ("unread" in data) {
badge.hidden = !data.unread;
badge.textContent = data.unread;
badge.setAttribute("aria-label", data.unread + words[2]);
}
for (const name in data) (heard[name] || []).forEach((then) => then(data[name]));
};
const turn = (open) => {
frame.hidden = !open;
button.setAttribute("aria-expanded", open);
label.textContent = words[+open];
try { open ? sessionStorage.setItem(mark, 1) : sessionStorage.removeItem(mark); } catch {}
say({ open });
};
const open = () => { load(); turn(true); frame.focus(); };
const close = () => { if (frame) turn(false); button.focus(); };
button.onclick = () => (frame && !frame.hidden ? close() : open());
button.onpointerenter = () => {
const link = document.createElement("link");
link.rel = "preconnect";
link.href = origin;
document.head.append(link);
button.onpointerenter = null;
};
addEventListener("keydown", (e) => { if (e.key === "Escape" && frame && !frame.hidden) close(); });
self.Filo = { open, close, identify: (jwt) => say({ identify: jwt }), on: (name, then) => (heard[name] = heard[name] || []).push(then) };
(document.body || document.documentElement).append(host);
dispatchEvent(new Event("filo:ready"));
try { sessionStorage.getItem(mark) && open(); } catch {}
})();

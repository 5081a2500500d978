// Brezza's own page: who is logged in here is told to the widget, as any site would do it.
import { w } from "/town/words.js";

const asked = new URLSearchParams(location.search);
const { channel } = document.body.dataset;
const account = document.getElementById("account");
const phone = asked.get("phone"), name = asked.get("name") ?? "", first = name.split(" ")[0];
const KEY = "brezza_account", LAST = "brezza_visitor";

if (asked.get("theme")) document.documentElement.dataset.theme = asked.get("theme");

const widget = () =>
  new Promise((found) => (window.Filo ? found(window.Filo) : addEventListener("filo:ready", () => found(window.Filo))));

async function logIn() {
  const reply = await fetch(`/play/webchat/${channel}/pass?phone=${encodeURIComponent(phone)}`);
  if (!reply.ok) return;
  const { token } = await reply.json();
  localStorage[KEY] = phone;
  draw();
  (await widget()).identify(token);
}

async function logOut() {
  delete localStorage[KEY];
  draw();
  (await widget()).identify(null);
}

function draw() {
  const inside = localStorage[KEY] === phone;
  account.hidden = !phone;
  account.textContent = inside ? `${w("shop_hello", { name: first })} · ${w("shop_logout")}` : w("shop_login", { name: first });
  account.onclick = inside ? logOut : logIn;
}

// Another person sits down at the same browser: whoever was logged in before is not.
const before = localStorage[LAST];
localStorage[LAST] = phone;
if (before && before !== phone) logOut();
else if (localStorage[KEY] === phone) logIn();
draw();

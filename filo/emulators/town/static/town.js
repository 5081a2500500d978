// Who plays: one person at a time holds the phone, reads the mail and looks at the shop.
import { again, ask } from "/town/asking.js";
import { Device } from "/town/device.js";
import { el, icon, title } from "/town/draw.js";
import { Kiosk } from "/town/kiosk.js";
import { Mail } from "/town/mail.js";
import { language, w } from "/town/words.js";

const $ = (id) => document.getElementById(id);
const [town, { accounts }] = await Promise.all([ask("/play/town"), ask("/play/accounts")]);
const chooser = $("person");

// --- light and dark ---------------------------------------------------------
const dark = () =>
  (localStorage.town_theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const dress = () => {
  document.documentElement.dataset.theme = dark() ? "dark" : "light";
  $("theme").replaceChildren(icon(dark() ? "sun" : "moon"));
};
$("theme").onclick = () => {
  localStorage.town_theme = dark() ? "light" : "dark";
  dress();
  showShop();
};
dress();

// --- who am I ---------------------------------------------------------------
let me = null;
const devices = [new Device($("phone"), town, accounts), new Mail($("mail"), town), new Kiosk($("kiosk"), town)];

function drawPeople() {
  chooser.replaceChildren(
    ...town.people.map((person) => el("option", { value: person.phone }, person.name)),
    el("option", { value: "new" }, w("somebody_new")),
  );
}

function become(phone) {
  me = town.people.find((person) => person.phone === phone) ?? town.people[0] ?? null;
  if (!me) return invite();
  localStorage.town_person = me.phone;
  chooser.value = me.phone;
  for (const device of devices) device.show(me);
  showShop();
}

function invite() {
  const dialog = $("newcomer"), form = dialog.querySelector("form");
  form.reset();
  form.elements.phone.value = `+39 3${String(Math.floor(Math.random() * 1e9)).padStart(9, "0")}`;
  dialog.returnValue = "";
  dialog.showModal();
}

const plain = (name) =>
  name.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[^a-z0-9]+/g, ".").replace(/^\.|\.$/g, "");

$("newcomer").onclose = async () => {
  const form = $("newcomer").querySelector("form").elements;
  if ($("newcomer").returnValue !== "come") return me && (chooser.value = me.phone);
  const phone = form.phone.value.replace(/\D/g, ""), name = form.name.value.trim();
  const known = await ask("/play/town/people", { phone, name, email: `${plain(name) || "x"}@posta.example` });
  if (!known.ok) return invite();
  town.people = [...town.people.filter((person) => person.phone !== phone), known];
  drawPeople();
  become(phone);
};
chooser.onchange = () => (chooser.value === "new" ? invite() : become(chooser.value));

// --- the shop ---------------------------------------------------------------
function showShop() {
  const [shop] = town.shops;
  if (!shop) return $("shop").replaceChildren(title("globe", w("shop")), el("p", { className: "none" }, w("shop_none")));
  const asked = new URLSearchParams({
    lang: language, theme: dark() ? "dark" : "light", phone: me?.phone ?? "", name: me?.name ?? "",
  });
  const src = `/shop/${shop.channel}?${asked}`;
  const frame = $("shop").querySelector("iframe");
  if (frame) return frame.getAttribute("src") === src || (frame.src = src);
  const view = el("iframe", { src, title: w("shop") });
  const reload = el("button", { className: "icon-button", type: "button", ariaLabel: w("shop_reload"), title: w("shop_reload"),
    onclick: () => view.contentWindow.location.reload() }, icon("again"));
  const dots = el("span", { className: "dots" }, el("i"), el("i"), el("i"));
  const address = el("span", { className: "address" }, icon("lock"), "www.brezza.example");
  $("shop").replaceChildren(
    title("globe", w("shop")),
    el("div", { className: "browser" }, el("div", { className: "tabs" }, dots, address, reload), view),
  );
}

drawPeople();
become(localStorage.town_person);
for (const device of devices) again(device.pace, () => device.look());

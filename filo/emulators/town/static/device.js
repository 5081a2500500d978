// The phone in the customer's hand: a home screen with an icon for each account, one app in front.
import { ask } from "/town/asking.js";
import { App } from "/town/app.js";
import { dressed } from "/town/dress.js";
import { drawing, el, hour, icon, title } from "/town/draw.js";
import { WhatsApp } from "/town/phone.js";
import { Square } from "/town/square.js";
import { w } from "/town/words.js";

export class Device {
  pace = 900;

  constructor(place, town, accounts) {
    const all = [...town.numbers.map((name) => ({ kind: "whatsapp", name })), ...accounts];
    this.dresses = all.map((one) => dressed(one, all.filter(({ kind }) => kind === one.kind).length > 1));
    this.opened = new Map();
    this.heading = title("phone", w("phone"));
    this.glass = el("div", { className: "phone" });
    place.replaceChildren(this.heading, all.length ? this.glass : el("p", { className: "none" }, w("phone_none")));
    this.buildHome();
  }

  clock(now) {
    return el("div", { className: "clock" }, now, el("span", {}, icon("bars")));
  }

  // --- the home screen ------------------------------------------------------
  buildHome() {
    this.now = el("span");
    this.icons = this.dresses.map((dress) => {
      const tile = el("span", { className: "tile-icon" }, drawing(dress.glyph)), count = el("span", { className: "count", hidden: true });
      const button = el("button", { type: "button", onclick: () => this.enter(dress) }, el("span", { className: "with-count" }, tile, count), el("span", { className: "app-name" }, dress.label));
      button.dataset.app = dress.kind;
      return { dress, button, count };
    });
    this.notices = el("div", { className: "notices", role: "status" });
    this.start = el("div", { className: "screen homescreen" }, this.clock(this.now), this.notices, el("div", { className: "icons" }, this.icons.map(({ button }) => button)));
  }

  show(person) {
    if (!this.dresses.length) return;
    this.me = person;
    this.heading.lastChild.replaceWith(w("phone_of", { name: person.name.split(" ")[0] }));
    const last = this.dresses.find((dress) => key(dress) === (this.front && key(this.front.dress))) ?? this.dresses.find((dress) => key(dress) === localStorage.town_app);
    if (last || this.dresses.length === 1 || localStorage.town_app === undefined) this.enter(last ?? this.dresses[0]);
    else this.home();
  }

  home() {
    this.front?.left?.();
    this.front = null;
    localStorage.town_app = "";
    this.glass.replaceChildren(this.start);
    this.icons[0]?.button.focus({ preventScroll: true });
    this.look();
  }

  enter(dress) {
    localStorage.town_app = key(dress);
    if (!this.opened.has(key(dress))) this.opened.set(key(dress), this.build(dress));
    this.front = this.opened.get(key(dress));
    this.glass.replaceChildren(this.front.root);
    this.front.show(this.me);
  }

  build(dress) {
    if (dress.kind === "whatsapp") return new WhatsApp(this, dress);
    const app = new App(this, dress);
    return dress.sides.includes("square") ? new Sided(app) : app;
  }

  async look() {
    if (this.front) return this.front.look();
    if (!this.me) return;
    this.now.textContent = hour(Date.now());
    const told = await Promise.all(this.icons.map((one) => this.counted(one)));
    this.announce(told.flat());
  }

  // What woke the phone: one line for each, and a tap opens the app.
  announce(notices) {
    const text = JSON.stringify(notices.map(({ notice }) => notice));
    if (text === this.announced) return;
    this.announced = text;
    this.notices.replaceChildren(...notices.map(({ dress, notice }) => el("button", { type: "button", className: "notice-card", onclick: () => this.enter(dress) },
      el("span", { className: "tile-icon" }, drawing(dress.glyph)), el("span", {}, el("b", {}, notice.title), el("span", {}, notice.text), el("small", {}, w(`by_${notice.by}`))))));
    this.notices.querySelectorAll(".notice-card").forEach((card, n) => (card.dataset.app = notices[n].dress.kind));
  }

  async counted({ dress, count }) {
    if (dress.kind === "whatsapp" || !dress.sides.includes("talk")) return [];
    const { bubbles = [], notices = [] } = await ask(`/play/${dress.kind}/${encodeURIComponent(dress.account)}/${this.me.phone}`);
    const fresh = Math.max(bubbles.filter((one) => one.out && one.state !== "read").length, notices.length);
    count.hidden = !fresh;
    count.textContent = fresh;
    return notices.map((notice) => ({ dress, notice }));
  }
}

const key = ({ kind, account }) => `${kind}/${account}`;

// An app with a public side, and perhaps a private one: two tabs below its head.
class Sided {
  constructor(app) {
    this.app = app;
    this.dress = app.dress;
    this.square = new Square(app);
    this.root = app.root;
    this.private = [app.flow, app.failed, app.above, app.root.lastChild];
    const tab = (side) => el("button", { type: "button", onclick: () => this.turn(side) }, w(`side_${side}`));
    this.tabs = new Map(this.dress.sides.map((side) => [side, tab(side)]));
    if (this.tabs.size > 1) this.root.children[1].after(el("div", { className: "sides", role: "group", ariaLabel: this.dress.name }, [...this.tabs.values()]));
    this.root.append(this.square.root);
    this.turn(this.dress.sides[0]);
  }

  turn(side) {
    this.side = side;
    for (const [name, tab] of this.tabs) tab.ariaPressed = String(name === side);
    for (const part of this.private) part.classList.toggle("aside", side !== "talk");
    this.square.root.hidden = side !== "square";
    if (this.app.me) this.look();
  }

  show(person) {
    this.app.me = person;
    this.app.now.textContent = hour(Date.now());
    return this.side === "talk" ? this.app.show(person) : this.square.show();
  }

  look() {
    this.app.now.textContent = hour(Date.now());
    return this.side === "talk" ? this.app.look() : this.square.look();
  }
}

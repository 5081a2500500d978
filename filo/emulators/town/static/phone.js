// The phone: one person's thread with Brezza's WhatsApp number, and what they can do in it.
import { ask } from "/town/asking.js";
import { drawn } from "/town/bubbles.js";
import { base64, day, el, hour, icon, title } from "/town/draw.js";
import { w } from "/town/words.js";

const PLACES = [
  { name: "Milano Linate", address: "Viale Enrico Forlanini, Milano", latitude: 45.4494, longitude: 9.2783 },
  { name: "Catania Fontanarossa", address: "Via Fontanarossa, Catania", latitude: 37.4668, longitude: 15.0664 },
  { name: "Duomo di Milano", address: "Piazza del Duomo, Milano", latitude: 45.4641, longitude: 9.1919 },
];
const EMOJI = ["👍", "❤️", "😂", "😮", "🙏"];

export class Phone {
  pace = 900;

  constructor(place, town) {
    this.place = place;
    this.number = town.numbers[0];
    this.answering = null;
    this.last = "";
    this.known = new Map();
    this.atEnd = true;
    this.top = 0;
    if (this.number) this.build();
    else place.replaceChildren(title("phone", w("phone")), el("p", { className: "none" }, w("phone_none")));
  }

  get path() {
    return `/play/whatsapp/${this.number}/${this.me.phone}`;
  }

  // --- the parts of the screen ---------------------------------------------
  build() {
    this.heading = title("phone", w("phone"));
    this.now = el("span");
    this.under = el("small", {}, w("business"));
    this.flow = el("div", { className: "flow", role: "log", ariaLabel: w("phone"), tabIndex: 0,
      onscroll: () => this.scrolled() });
    // A picture grows when it has come: whoever was at the end stays there.
    this.flow.addEventListener("load", () => this.atEnd && this.toEnd(), true);
    this.failed = el("p", { className: "failed", role: "alert", hidden: true });
    this.above = el("div", { className: "answering", hidden: true });
    const clock = el("div", { className: "clock" }, this.now, el("span", {}, icon("bars")));
    const mark = el("span", { className: "mark" }, el("img", { src: "/town/wing.svg", alt: "", width: 26, height: 26 }));
    const contact = el("div", { className: "contact" }, mark, el("div", {}, el("b", {}, w("company")), this.under));
    this.screen = el("div", { className: "screen" }, clock, contact, this.flow, this.failed, this.above, this.composer());
    this.place.replaceChildren(this.heading, el("div", { className: "phone" }, this.screen));
  }

  composer() {
    this.text = el("textarea", { rows: 1, placeholder: w("message"), ariaLabel: w("message"), onkeydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.send();
      }
    } });
    const file = el("input", { type: "file", className: "vh", tabIndex: -1, ariaHidden: "true", onchange: () => this.sendFile(file) });
    const clip = el("button", { className: "icon-button", type: "button", ariaLabel: w("photo"), title: w("photo"), onclick: () => file.click() }, icon("clip"));
    const pin = el("button", { className: "icon-button", type: "button", ariaLabel: w("place"), title: w("place"), onclick: () => this.choosePlace() }, icon("pin"));
    const go = el("button", { className: "go", type: "submit", ariaLabel: w("send") }, icon("send"));
    const submit = (event) => {
      event.preventDefault();
      this.send();
    };
    return el("form", { className: "writing", onsubmit: submit }, el("div", { className: "field" }, this.text, clip, pin, file), go);
  }

  // --- what is seen ---------------------------------------------------------
  show(person) {
    this.me = person;
    this.last = "";
    this.atEnd = true;
    this.known.clear();
    if (!this.number) return;
    this.heading.lastChild.replaceWith(w("phone_of", { name: person.name.split(" ")[0] }));
    this.answer(null);
    this.look();
  }

  async look() {
    if (!this.number || !this.me) return;
    const me = this.me, told = await ask(`${this.path}/messages`);
    if (me !== this.me || !told.messages) return;
    this.now.textContent = hour(Date.now());
    this.under.textContent = told.typing ? w("typing") : w("business");
    const text = JSON.stringify(told.messages);
    if (text !== this.last) this.draw(told.messages);
    this.last = text;
    if (told.messages.some((line) => line.out && line.state === "delivered")) await ask(`${this.path}/read`, {});
  }

  draw(lines) {
    const nodes = [], end = this.atEnd;
    let before = "";
    for (const line of lines) {
      const date = day(line.at * 1000);
      if (date !== before) nodes.push(el("p", { className: "day" }, date === day(Date.now()) ? w("today") : date));
      before = date;
      nodes.push(this.node(line, lines));
    }
    this.flow.replaceChildren(...(nodes.length ? nodes : [el("p", { className: "empty" }, w("phone_empty"))]));
    if (end) this.toEnd();
  }

  // What has not changed is not drawn again: pictures do not blink.
  node(line, lines) {
    const text = JSON.stringify(line), known = this.known.get(line.id);
    if (known?.text === text) return known.node;
    const node = drawn(line, lines, this);
    this.known.set(line.id, { text, node });
    return node;
  }

  toEnd() {
    this.flow.scrollTop = this.flow.scrollHeight;
    this.atEnd = true;
  }

  // Only a hand moves upwards; a page that grows leaves the place as it is.
  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.flow;
    if (scrollHeight - scrollTop - clientHeight < 60) this.atEnd = true;
    else if (scrollTop < this.top) this.atEnd = false;
    this.top = scrollTop;
  }

  // --- what is done ---------------------------------------------------------
  async say(what) {
    const told = await ask(`${this.path}/messages`, { name: this.me.name, ...what });
    const taken = told.hook === 200;
    this.failed.hidden = taken;
    this.failed.textContent = taken ? "" : w("not_taken", { status: told.hook ?? told.status });
    await this.look();
    this.toEnd();
  }

  send() {
    const text = this.text.value.trim();
    if (!text) return;
    this.text.value = "";
    const about = this.answering ? { reply_to: this.answering.id } : {};
    this.answer(null);
    this.say({ text, ...about });
  }

  async sendFile(input) {
    const [file] = input.files;
    if (!file) return;
    const media = { mime: file.type || "application/octet-stream", name: file.name, base64: await base64(file) };
    input.value = "";
    const caption = this.text.value.trim();
    this.text.value = "";
    this.say({ media: { ...media, caption } });
  }

  choosePlace() {
    const open = this.screen.querySelector(".places");
    if (open) return open.remove();
    const choose = (location) => {
      this.screen.querySelector(".places").remove();
      this.say({ location });
    };
    const rows = PLACES.map((place) => el("button", { type: "button", onclick: () => choose(place) }, icon("pin"), place.name));
    this.screen.append(el("div", { className: "places" }, rows));
    rows[0].focus();
  }

  press(line, option) {
    this.say({ press: { message: line.id, option: option.id } });
  }

  answer(line) {
    this.answering = line;
    if (!this.number) return;
    this.above.hidden = !line;
    if (!line) return this.above.replaceChildren();
    const stop = el("button", { type: "button", className: "icon-button", ariaLabel: w("cancel"), onclick: () => this.answer(null) }, icon("close"));
    this.above.replaceChildren(el("span", {}, `${w("answering")}: ${line.words}`), stop);
    this.text.focus();
  }

  menu(line, button) {
    const row = button.closest(".line"), open = row.nextElementSibling;
    const shut = open?.classList.contains("menu");
    for (const each of this.flow.querySelectorAll(".menu")) each.remove();
    button.ariaExpanded = String(!shut);
    if (shut) return;
    const react = (emoji) => this.say({ reaction: { message: line.id, emoji: line.reaction === emoji ? "" : emoji } });
    const faces = EMOJI.map((emoji) => el("button", { type: "button", ariaLabel: `${w("react")} ${emoji}`, onclick: () => react(emoji) }, emoji));
    const reply = el("button", { type: "button", className: "word", onclick: () => this.answer(line) }, w("reply_to"));
    const away = !line.out && el("button", { type: "button", className: "word", onclick: () => this.say({ revoke: { message: line.id } }) }, w("withdraw"));
    row.after(el("div", { className: "menu" }, line.out ? faces : [], reply, away));
    row.nextElementSibling.scrollIntoView({ block: "nearest" });
  }
}

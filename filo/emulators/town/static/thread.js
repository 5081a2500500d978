// One person's thread with the business in one app: what is seen, and what can be done in it.
import { base64, day, el, hour, icon } from "/town/draw.js";
import { w } from "/town/words.js";

const PLACES = [
  { name: "Milano Linate", address: "Viale Enrico Forlanini, Milano", latitude: 45.4494, longitude: 9.2783 },
  { name: "Catania Fontanarossa", address: "Via Fontanarossa, Catania", latitude: 37.4668, longitude: 15.0664 },
  { name: "Duomo di Milano", address: "Piazza del Duomo, Milano", latitude: 45.4641, longitude: 9.1919 },
];

// No hook at all: the provider is asked, and calls nobody.
export const heard = ({ ok, hook }) => ok && (!hook || (hook >= 200 && hook < 300));

// Who extends it says where its lines are (`lines`), how one looks (`drawn`) and how it is told
// what the customer does: `text`, `file`, `spot`, `react`, `withdraw`, each answering `{hook, status}`.
export class Thread {
  constructor(device, dress) {
    this.device = device;
    this.dress = dress;
    this.known = new Map();
    this.answering = null;
    this.last = "";
    this.atEnd = true;
    this.top = 0;
    this.build();
  }

  // --- the parts of the screen ---------------------------------------------
  build() {
    this.now = el("span");
    this.under = el("small", {}, this.subtitle);
    this.flow = el("div", { className: "flow", role: "log", ariaLabel: this.dress.name, tabIndex: 0,
      onscroll: () => this.scrolled() });
    // A picture grows when it has come: whoever was at the end stays there.
    this.flow.addEventListener("load", () => this.atEnd && this.toEnd(), true);
    this.failed = el("p", { className: "failed", role: "alert", hidden: true });
    this.above = el("div", { className: "answering", hidden: true });
    this.root = el("div", { className: "screen" }, this.device.clock(this.now), this.contact(), this.flow, this.failed, this.above, this.composer());
    this.root.dataset.app = this.dress.kind;
  }

  get subtitle() {
    return w("business");
  }

  contact() {
    const back = el("button", { className: "back", type: "button", ariaLabel: w("home"), title: w("home"), onclick: () => this.device.home() }, icon("back"));
    const mark = el("span", { className: "mark" }, el("img", { src: "/town/wing.svg", alt: "", width: 26, height: 26 }));
    return el("div", { className: "contact" }, back, mark, el("div", { className: "whom" }, el("b", {}, w("company")), this.under), this.more());
  }

  more() {
    return null;
  }

  composer() {
    this.text_ = el("textarea", { rows: 1, placeholder: w("message"), ariaLabel: w("message"), onkeydown: (event) => {
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
    return el("form", { className: "writing", onsubmit: submit }, el("div", { className: "field" }, this.text_, clip, this.dress.spots !== false && pin, file), go);
  }

  // --- what is seen ---------------------------------------------------------
  show(person) {
    this.me = person;
    this.last = "";
    this.atEnd = true;
    this.known.clear();
    this.flow.replaceChildren();
    this.answer(null);
    return this.look();
  }

  async look() {
    const me = this.me, told = me && (await this.lines());
    if (!told || me !== this.me) return;
    this.now.textContent = hour(Date.now());
    this.under.textContent = told.typing ? w("typing") : this.subtitle;
    this.told?.(told);
    const text = JSON.stringify(told.lines);
    if (text === this.last) return;
    this.last = text;
    this.draw(told.lines);
    if (told.lines.some((line) => line.out && line.state !== "read")) await this.read();
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
    const text = JSON.stringify([line, this.fresh?.(line, lines)]), known = this.known.get(line.id);
    if (known?.text === text) return known.node;
    const node = this.drawn(line, lines);
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
  async done(deed) {
    const told = await deed, taken = heard(told);
    this.failed.hidden = taken;
    this.failed.textContent = taken ? "" : told.error ?? w("not_taken", { status: told.hook ?? told.status });
    await this.look();
    this.toEnd();
  }

  send() {
    const text = this.text_.value.trim();
    if (!text) return;
    this.text_.value = "";
    const about = this.answering?.id ?? "", edits = this.editing;
    this.answer(null);
    this.done(edits ? this.edit(about, text) : this.text(text, about));
  }

  async sendFile(input) {
    const [file] = input.files;
    if (!file) return;
    const media = { mime: file.type || "application/octet-stream", name: file.name, base64: await base64(file) };
    input.value = "";
    const caption = this.text_.value.trim();
    this.text_.value = "";
    this.done(this.file({ ...media, caption }));
  }

  choosePlace() {
    if (this.sheet?.isConnected) return this.sheet.remove();
    const choose = (place) => {
      this.sheet.remove();
      this.done(this.spot(place));
    };
    const rows = PLACES.map((place) => el("button", { type: "button", onclick: () => choose(place) }, icon("pin"), place.name));
    this.open(rows);
  }

  open(rows) {
    this.sheet?.remove();
    this.sheet = el("div", { className: "places" }, rows);
    this.root.append(this.sheet);
    this.sheet.querySelector("button, input")?.focus();
  }

  answer(line, editing = false) {
    this.answering = line;
    this.editing = editing;
    this.above.hidden = !line;
    if (!line) return this.above.replaceChildren();
    const stop = el("button", { type: "button", className: "icon-button", ariaLabel: w("cancel"), onclick: () => this.answer(null) }, icon("close"));
    this.above.replaceChildren(el("span", {}, `${w(editing ? "editing" : "answering")}: ${line.words}`), stop);
    if (editing) this.text_.value = line.words;
    this.text_.focus();
  }

  menu(line, button) {
    const row = button.closest(".line"), open = row.nextElementSibling;
    const shut = open?.classList.contains("menu");
    for (const each of this.flow.querySelectorAll(".menu")) each.remove();
    button.ariaExpanded = String(!shut);
    if (shut) return;
    const { faces = [], edits = false, withdraws = true } = this.dress;
    const react = (emoji) => this.done(this.react(line, line.reaction === emoji ? "" : emoji));
    const smiles = faces.map((emoji) => el("button", { type: "button", ariaLabel: `${w("react")} ${emoji}`, onclick: () => react(emoji) }, emoji));
    const word = (name, onclick) => el("button", { type: "button", className: "word", onclick }, w(name));
    row.after(el("div", { className: "menu" }, line.out ? smiles : [], word("reply_to", () => this.answer(line)),
      !line.out && edits && line.type === "text" && word("edit", () => this.answer(line, true)),
      !line.out && withdraws && word("withdraw", () => this.done(this.withdraw(line)))));
    row.nextElementSibling.scrollIntoView({ block: "nearest" });
  }
}

// A public place: posts, the comments below them, the business's replies; anybody may join in.
import { ask } from "/town/asking.js";
import { day, el, hour, icon } from "/town/draw.js";
import { paragraph, picture, words } from "/town/parts.js";
import { heard } from "/town/thread.js";
import { w } from "/town/words.js";

export class Square {
  constructor(app) {
    this.app = app;
    this.dress = app.dress;
    this.last = "";
    this.list = el("div", { className: "feed", tabIndex: 0, role: "region", ariaLabel: w("posts") });
    this.failed = el("p", { className: "failed", role: "alert", hidden: true });
    this.root = el("div", { className: "square" }, this.list, this.failed, this.dress.opens && this.composer());
  }

  get place() {
    return `/play/${this.dress.kind}/${encodeURIComponent(this.dress.account)}`;
  }

  composer() {
    const rated = this.dress.opens === "review", name = w(rated ? "your_review" : "your_post");
    const text = el("textarea", { rows: 2, required: true, placeholder: name, ariaLabel: name });
    const stars = rated && el("select", { ariaLabel: w("stars") }, [5, 4, 3, 2, 1].map((n) => el("option", { value: n }, "★".repeat(n))));
    return el("form", { className: "posting", onsubmit: (event) => {
      event.preventDefault();
      const values = { text: text.value.trim(), ...(rated ? { rating: Number(stars.value) } : {}) };
      text.value = "";
      this.say({ act: this.dress.opens, values });
    } }, stars, text, el("button", { className: "button", type: "submit" }, w("publish")));
  }

  async say(deed) {
    const told = await ask(`${this.place}/${this.app.me.phone}`, { name: this.app.me.name, ...deed });
    const taken = heard(told);
    this.failed.hidden = taken;
    this.failed.textContent = taken ? "" : told.error ?? w("not_taken", { status: told.hook ?? told.status });
    await this.look();
  }

  show() {
    this.last = "";
    return this.look();
  }

  async look() {
    const { bubbles } = await ask(`${this.place}/-`);
    const text = JSON.stringify(bubbles);
    // Who is writing a comment keeps the field: new words wait until it is sent.
    if (!bubbles || text === this.last || this.list.querySelector(".comment")) return;
    this.last = text;
    const known = new Set(bubbles.map((one) => one.id));
    const roots = bubbles.filter((one) => !known.has(one.answers));
    const nodes = (this.dress.opens ? roots.reverse() : roots).map((one) => this.post(one, bubbles));
    this.list.replaceChildren(...(nodes.length ? nodes : [el("p", { className: "empty" }, w("posts_none")), this.dress.begins && this.begin()].filter(Boolean)));
  }

  // Where only the company can begin, somebody must play its own app.
  begin() {
    return el("button", { type: "button", className: "button", onclick: () => this.say({ act: "own", values: { text: w("first_post") } }) }, w("let_post"));
  }

  post(one, all) {
    return el("article", { className: "post" }, this.said(one), this.below(one, all));
  }

  below(one, all) {
    const rows = all.filter((each) => each.answers === one.id).map((each) => el("li", {}, this.said(each), this.below(each, all)));
    return rows.length ? el("ul", {}, rows) : null;
  }

  said(one) {
    const by = one.out ? w("company") : one.by || w("somebody"), mine = !one.out && one.by === this.app.me.name;
    const face = one.out ? el("span", { className: "face" }, el("img", { src: "/town/wing.svg", alt: "", width: 18, height: 18 })) : el("span", { className: "face", ariaHidden: "true" }, initials(by));
    const stars = one.content.rating && el("span", { className: "stars", role: "img", ariaLabel: w("stars_of", { n: one.content.rating }) }, "★".repeat(one.content.rating) + "☆".repeat(5 - one.content.rating));
    const told = one.withdrawn ? paragraph(w("withdrawn"), "gone") : [paragraph(words(one)), picture(imageOf(one))];
    const state = [one.edited && w("edited"), one.hidden && w("hidden"), one.liked && w("liked")].filter(Boolean).join(" · ");
    const box = el("div", { className: `said${one.out ? " ours" : ""}${one.hidden ? " veiled" : ""}` }, face,
      el("div", { className: "what" }, el("div", { className: "by" }, el("b", {}, by), el("time", {}, `${day(one.at * 1000)}, ${hour(one.at * 1000)}`)), stars, told, state && el("small", {}, state), this.deeds(one, mine)));
    box.dataset.id = one.id;
    return box;
  }

  deeds(one, mine) {
    if (one.withdrawn) return null;
    const word = (name, onclick) => el("button", { type: "button", onclick }, w(name));
    return el("div", { className: "deeds" }, this.dress.comments !== false && word("comment", (event) => this.write(event.target, one, "comment")),
      mine && word("edit", (event) => this.write(event.target, one, "edit")), mine && word("withdraw_post", () => this.say({ act: "delete", about: one.id })),
      this.dress.moderates && !one.out && ["remove", one.hidden ? "unhide" : "hide"].map((act) => word(`company_${act}`, () => this.say({ act, about: one.id }))).reverse());
  }

  write(button, one, act) {
    const open = this.list.querySelector(".comment");
    open?.remove();
    if (open?.dataset.about === one.id + act) return;
    const text = el("textarea", { rows: 2, required: true, ariaLabel: w("your_comment"), placeholder: w("your_comment") });
    if (act === "edit") text.value = words(one);
    const form = el("form", { className: "comment", onsubmit: (event) => {
      event.preventDefault();
      form.remove();
      this.say({ act, values: { text: text.value.trim() }, about: one.id });
    } }, text, el("button", { className: "go", type: "submit", ariaLabel: w("publish") }, icon("send")));
    form.dataset.about = one.id + act;
    button.closest(".what").append(form);
    text.focus();
  }
}

const imageOf = ({ type, content }) => (type === "image" ? content : typeof content.image === "string" ? { url: content.image } : content.image);
const initials = (name) => name.split(/\s+/).map((word) => word[0] ?? "").slice(0, 2).join("").toUpperCase();

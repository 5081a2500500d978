// The mail program: real mailboxes over IMAP, real mails over SMTP.
import { ask } from "/town/asking.js";
import { base64, day, el, hour, icon, title } from "/town/draw.js";
import { w } from "/town/words.js";

const COMPANY = "aiuto@brezza.example";
const shortly = (at) => (day(at) === day(Date.now()) ? hour(at) : day(at));
const plainly = (sender) => sender.replace(/<[^>]*>/, "").replaceAll('"', "").trim() || sender;

export class Mail {
  pace = 2500;

  constructor(place, town) {
    this.trouble = town.mail.trouble;
    this.last = "";
    this.letters = [];
    this.name = el("b");
    this.list = el("nav", { className: "letters", ariaLabel: w("inbox") });
    this.page = el("div", { className: "letter", tabIndex: 0, role: "region", ariaLabel: w("text") });
    const write = el("button", { className: "button", type: "button", onclick: () => this.write() }, w("write_mail"));
    this.box = el("div", { className: "mailer" });
    this.parts = [el("div", { className: "bar" }, icon("mail"), this.name, write), this.list, this.page];
    place.replaceChildren(title("mail", w("mail")), this.box);
  }

  get path() {
    return `/play/mail/${encodeURIComponent(this.me.email)}`;
  }

  show(person) {
    this.me = person;
    this.last = "";
    this.chosen = null;
    if (this.trouble) return this.closed();
    this.name.textContent = person.email || w("mail_no_address");
    this.box.replaceChildren(...this.parts);
    this.list.replaceChildren();
    this.blank();
    this.look();
  }

  closed() {
    const [, command] = this.trouble.split(/Type: /);
    this.box.replaceChildren(el("div", { className: "closed" }, icon("mail"), el("h3", {}, w("mail_trouble")),
      command && el("p", {}, w("mail_trouble_do")), el("code", {}, command ?? this.trouble)));
  }

  async look() {
    if (this.trouble || !this.me?.email) return;
    const me = this.me, told = await ask(this.path);
    if (me !== this.me || !told.letters) return;
    const text = JSON.stringify(told.letters);
    this.letters = told.letters;
    if (text !== this.last) this.draw();
    this.last = text;
  }

  draw() {
    const rows = this.letters.map((letter) =>
      el("button", { type: "button", ariaCurrent: letter.uid === this.chosen ? "true" : null, onclick: () => this.read(letter) },
        el("span", { className: "l1" }, el("b", {}, plainly(letter.sender)), el("time", {}, shortly(letter.at))),
        el("span", {}, letter.subject), el("span", { className: "soft" }, letter.text.slice(0, 90))));
    this.list.replaceChildren(...(rows.length ? rows : [el("p", { className: "empty" }, w("mail_empty"))]));
  }

  blank() {
    this.page.replaceChildren(el("div", { className: "empty" }, icon("mail"), el("p", {}, w("mail_pick"))));
  }

  read(letter) {
    this.chosen = letter.uid;
    this.draw();
    const answer = el("button", { className: "button ghost", type: "button", onclick: () => this.write(letter) }, w("answer"));
    const files = letter.files.map((name, at) =>
      el("a", { href: `${this.path}/${letter.uid}/files/${at}`, target: "_blank", rel: "noreferrer" }, icon("clip"), name));
    this.page.replaceChildren(
      el("h3", {}, letter.subject),
      el("div", { className: "head" }, el("div", {}, el("b", {}, plainly(letter.sender)), el("br"), el("span", { className: "soft" }, `${day(letter.at)}, ${hour(letter.at)}`)), answer),
      el("pre", {}, letter.text), el("div", { className: "files" }, files));
    this.page.scrollTop = 0;
  }

  write(letter = null) {
    if (!this.me.email) return;
    const field = (name, value, type = "text") => el("label", {}, w(name), el("input", { name, value, type, required: true, autocomplete: "off" }));
    const text = el("textarea", { name: "text", required: true, ariaLabel: w("text"), placeholder: w("text") });
    const told = el("output");
    const file = el("input", { type: "file", className: "vh", tabIndex: -1, ariaHidden: "true", onchange: () => (told.textContent = file.files[0]?.name ?? "") });
    const clip = el("button", { type: "button", className: "icon-button", ariaLabel: w("attach"), title: w("attach"), onclick: () => file.click() }, icon("clip"));
    const send = el("button", { className: "button", type: "submit" }, w("send"));
    const form = el("form", { className: "compose", onsubmit: (event) => this.post(event, letter, file, told) },
      field("to", letter ? address(letter.reply_to) : COMPANY, "email"),
      field("subject", letter ? `Re: ${letter.subject.replace(/^(re: ?)+/i, "")}` : ""), text,
      el("div", { className: "buttons" }, send, clip, file, told));
    this.page.replaceChildren(form);
    (letter ? text : form.elements.subject).focus();
  }

  async post(event, letter, file, told) {
    event.preventDefault();
    const { to, subject, text } = event.target.elements;
    const [found] = file.files;
    const files = found ? [{ name: found.name, mime: found.type || "application/octet-stream", base64: await base64(found) }] : [];
    const sent = await ask(this.path, { to: to.value, subject: subject.value, text: text.value, name: this.me.name, answers: letter?.uid ?? 0, files });
    told.classList.toggle("bad", !sent.ok);
    told.textContent = sent.ok ? w("mail_sent", { id: "✓" }) : w("mail_failed", { why: sent.error ?? sent.status });
    if (!sent.ok) return;
    event.target.elements.text.value = "";
    for (const each of event.target.querySelectorAll("input, textarea, button")) each.disabled = true;
  }
}

const address = (text) => text.match(/<([^>]+)>/)?.[1] ?? text.trim();

// The thread with an account of any played provider: what the town calls a bubble and a deed.
import { ask } from "/town/asking.js";
import { el, icon } from "/town/draw.js";
import { bubble } from "/town/parts.js";
import { Thread } from "/town/thread.js";
import { w } from "/town/words.js";

export class App extends Thread {
  get path() {
    return `/play/${this.dress.kind}/${encodeURIComponent(this.dress.account)}/${this.me.phone}`;
  }

  get subtitle() {
    return this.dress.numbered ? this.dress.account : w("business");
  }

  async lines() {
    const told = await ask(`${this.path}?front=1`); // somebody looks
    return told.bubbles && { lines: told.bubbles, typing: told.typing, blocked: told.blocked };
  }

  told({ blocked }) {
    this.blocked = blocked;
    this.root.classList.toggle("shut", blocked);
    if (blocked) this.under.textContent = w("blocked");
  }

  // In the pocket: from now on only a notice tells that there is news.
  left() {
    return this.dress.closes && this.say({ act: "close" });
  }

  drawn(line, lines) {
    return bubble(line, lines, this);
  }

  // Ready answers below the last word vanish once the customer has said something.
  fresh(line, lines) {
    return line.type !== "buttons" || !lines.slice(lines.indexOf(line) + 1).some((each) => !each.out);
  }

  read() {
    return ask(`${this.path}/read`, {});
  }

  say(deed) {
    return ask(this.path, { name: this.me.name, ...deed });
  }

  text(text, about) {
    return this.say({ text, about });
  }

  file(media) {
    return this.say({ media });
  }

  spot(location) {
    return this.say({ location });
  }

  react(line, emoji) {
    return this.say({ react: emoji, act: emoji ? "" : "unreact", about: line.id });
  }

  edit(about, text) {
    return this.say({ act: "edit", values: { text }, about });
  }

  withdraw(line) {
    return this.say({ act: "delete", about: line.id });
  }

  tap(line, button) {
    return this.done(this.say({ tap: button.id, about: line.id }));
  }

  fill(line, values) {
    return this.done(this.say({ act: "form", values, about: line.id }));
  }

  // --- what can be done with the business itself ----------------------------
  more() {
    if (!this.dress.acts?.length) return null;
    return el("button", { className: "back", type: "button", ariaLabel: w("more"), title: w("more"), onclick: () => this.offer() }, icon("dots"));
  }

  offer() {
    if (this.sheet?.isConnected) return this.sheet.remove();
    const choose = (act) => {
      this.sheet.remove();
      this.done(this.say({ act }));
    };
    this.open(this.dress.acts.map((act) => el("button", { type: "button", onclick: () => choose(act) }, w(`act_${act}`))));
  }
}

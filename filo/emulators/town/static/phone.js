// WhatsApp on the phone: one person's thread with Brezza's number.
import { ask } from "/town/asking.js";
import { drawn } from "/town/bubbles.js";
import { Thread } from "/town/thread.js";

export class WhatsApp extends Thread {
  get number() {
    return this.dress.account;
  }

  get path() {
    return `/play/whatsapp/${this.number}/${this.me.phone}`;
  }

  async lines() {
    const told = await ask(`${this.path}/messages`);
    return told.messages && { lines: told.messages, typing: told.typing };
  }

  drawn(line, lines) {
    return drawn(line, lines, this);
  }

  read() {
    return ask(`${this.path}/read`, {});
  }

  say(what) {
    return ask(`${this.path}/messages`, { name: this.me.name, ...what });
  }

  text(text, about) {
    return this.say(about ? { text, reply_to: about } : { text });
  }

  file(media) {
    return this.say({ media });
  }

  spot(location) {
    return this.say({ location });
  }

  react(line, emoji) {
    return this.say({ reaction: { message: line.id, emoji } });
  }

  withdraw(line) {
    return this.say({ revoke: { message: line.id } });
  }

  press(line, option) {
    return this.done(this.say({ press: { message: line.id, option: option.id } }));
  }
}

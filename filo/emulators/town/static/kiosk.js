// The machine at the airport: what it tells Filo, and what Filo delivers to it.
import { ask } from "/town/asking.js";
import { el, hour, title } from "/town/draw.js";
import { w } from "/town/words.js";

const words = (part) => part.text ?? part.caption ?? part.name ?? part.mime ?? part.type;

export class Kiosk {
  pace = 1500;

  constructor(place, town) {
    [this.peer] = town.peers;
    this.told = [];
    this.last = "";
    if (this.peer) this.build(place);
    else place.replaceChildren(title("kiosk", w("kiosk")), el("p", { className: "none" }, w("kiosk_none")));
  }

  build(place) {
    this.text = el("textarea", { required: true, placeholder: w("kiosk_says"), ariaLabel: w("kiosk_says"), onkeydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        event.target.form.requestSubmit();
      }
    } });
    const form = el("form", { onsubmit: (event) => this.tell(event) }, el("p", {}, w("kiosk_lead")), this.text,
      el("button", { className: "button", type: "submit" }, w("send")));
    this.list = el("ol", { tabIndex: 0, ariaLabel: w("kiosk_log") });
    place.replaceChildren(title("kiosk", w("kiosk")),
      el("div", { className: "kiosk" }, form, el("div", { className: "log" }, el("h3", {}, w("kiosk_log")), this.list)));
  }

  show(person) {
    this.me = person;
    if (this.peer) this.look();
  }

  async look() {
    if (!this.peer) return;
    const { deliveries } = await ask(`/play/http/${this.peer}/deliveries`);
    if (!deliveries) return;
    const came = deliveries.map((parcel) => ({
      at: parcel.at * 1000, out: true, said: words(parcel.body.part ?? {}), extra: parcel.arrivals > 1 ? w("kiosk_again", { times: parcel.arrivals }) : parcel.webhook_id,
    }));
    const all = [...came, ...this.told].sort((one, other) => one.at - other.at);
    const text = JSON.stringify(all);
    if (text === this.last) return;
    this.last = text;
    const rows = all.map((entry) => el("li", {}, el("time", {}, hour(entry.at)),
      el("span", { className: entry.out ? "out" : "in" }, entry.out ? `← ${w("kiosk_out")}` : `→ ${w("kiosk_in")}`),
      el("span", { className: "said" }, entry.said), el("span", { className: "extra" }, entry.extra)));
    this.list.replaceChildren(...(rows.length ? rows : [el("li", { className: "extra" }, w("kiosk_empty"))]));
    this.list.scrollTop = this.list.scrollHeight;
  }

  async tell(event) {
    event.preventDefault();
    const text = this.text.value.trim();
    if (!text) return;
    this.text.value = "";
    const at = new Date(), from = { id: `kiosk-${this.me.phone}`, name: this.me.name, phone: `+${this.me.phone}` };
    const said = { type: "said", id: crypto.randomUUID(), at: at.toISOString(), from, parts: [{ type: "text", text }] };
    const { hook } = await ask(`/play/http/${this.peer}/events`, { events: [said] });
    this.told.push({ at: at.getTime(), out: false, said: text, extra: `HTTP ${hook}` });
    await this.look();
  }
}

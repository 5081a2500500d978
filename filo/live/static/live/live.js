// <filo-live src cursor session data-case>: what happens, in this page.
//   filo:fact   one event of the log: {cursor, type, customer, case, data, row}
//   filo:hint   presence {case, people} or typed {customer, on}: never kept
//   filo:state  live | polling | reconnecting | offline | gone
//   filo:reset  the cursor means nothing any more; unless it is prevented, the page is loaded again
// `session` is a print of the login: tabs of one login share one stream. Without it each tab has its own.
import { patch } from "./patches.js";
import { Stream } from "./stream.js";

const BEAT = 15_000;
const SILENT_WORKER = 60_000;
const REMEMBERED = 10_000; // a piece of page that was asked for before an event may arrive after it
const TYPES = 3_000;

class FiloLive extends HTMLElement {
  static observedAttributes = ["data-case"];

  connectedCallback() {
    this.cursor = this.getAttribute("cursor") || "";
    this.src = this.getAttribute("src") || "/live";
    this.seen = new Set();
    this.recent = [];
    this.join();
    addEventListener("pagehide", (this.leaving = () => this.part()));
    addEventListener("pageshow", (this.back = (e) => e.persisted && this.join()));
    document.addEventListener("visibilitychange", (this.turned = () => this.look()));
    document.addEventListener("htmx:afterSwap", (this.swapped = () => this.replay()));
    this.look();
    this.beating = setInterval(() => this.look(), BEAT);
    this.look();
  }

  disconnectedCallback() {
    this.part();
    clearInterval(this.beating);
    removeEventListener("pagehide", this.leaving);
    removeEventListener("pageshow", this.back);
    document.removeEventListener("visibilitychange", this.turned);
    document.removeEventListener("htmx:afterSwap", this.swapped);
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.src) return; // not in the page yet: `connectedCallback` looks
    clearTimeout(this.resting);
    this.typed = 0;
    if (before) this.hint({ case: before, looking: false });
    this.look();
  }

  // --- the stream ---------------------------------------------------------

  join() {
    const session = this.getAttribute("session");
    if (!session || !window.SharedWorker) return this.alone();
    try {
      const address = new URL("./worker.js", import.meta.url);
      const worker = new SharedWorker(address, { type: "module", name: `filo-1-${session}` });
      worker.onerror = () => this.alone();
      this.port = worker.port;
      this.held = [];
      this.port.onmessage = ({ data }) => this.hear(data);
      this.port.postMessage({ src: this.src, cursor: this.cursor });
      this.listen();
    } catch {
      this.alone();
    }
  }

  alone() {
    this.part();
    this.stream ??= new Stream(this.src, this.cursor, (told) => this.take(told));
  }

  part() {
    clearTimeout(this.deaf);
    this.port?.postMessage({ bye: true });
    this.port?.close();
    this.port = null;
    this.stream?.close();
    this.stream = null;
  }

  listen() {
    clearTimeout(this.deaf);
    this.deaf = setTimeout(() => this.alone(), SILENT_WORKER);
  }

  hear(told) {
    this.listen();
    if (told.joined) this.joined(told);
    else if (this.held) this.held.push(told);
    else this.take(told);
  }

  // The stream may be further than this page: what lies between is asked for once.
  async joined({ behind, state }) {
    if (behind) await this.catchUp();
    const held = this.held || [];
    this.held = null;
    held.forEach((told) => this.take(told));
    if (state) this.take({ state });
  }

  async catchUp() {
    for (let more = true; more && this.port; ) {
      const page = await this.ask();
      if (!page) await new Promise((done) => setTimeout(done, 1_000 + Math.random() * 2_000));
      else if (page.reset || page.gone) return this.take(page);
      else {
        page.items.forEach((fact) => this.take({ fact }));
        this.cursor = page.next;
        more = page.more;
      }
    }
  }

  async ask() {
    const address = `${this.src}/poll?after=${encodeURIComponent(this.cursor)}`;
    const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
    if (answer?.status === 401) return { gone: true };
    return answer?.ok ? answer.json() : null;
  }

  // --- what is heard ------------------------------------------------------

  take(told) {
    if (told.beat) this.cursor = told.beat;
    if (told.fact) this.fact(told.fact);
    if (told.hint) this.tell("hint", told.hint);
    if (told.state) this.state(told.state);
    if (told.gone) this.state("gone");
    if (told.reset && this.tell("reset")) location.reload();
  }

  fact(fact) {
    if (this.seen.has(fact.cursor)) return;
    this.seen.add(fact.cursor);
    if (this.seen.size > 2_000) this.seen.delete(this.seen.values().next().value);
    this.cursor = fact.cursor;
    if (fact.html) this.show(fact);
    this.tell("fact", fact);
  }

  show(fact) {
    const now = performance.now();
    this.recent = [...this.recent.filter((one) => now - one.at < REMEMBERED), { at: now, html: fact.html }];
    patch(fact.html);
  }

  replay() {
    this.recent.filter((one) => performance.now() - one.at < REMEMBERED).forEach((one) => patch(one.html));
  }

  state(state) {
    if (state === this.dataset.state) return;
    this.dataset.state = state;
    this.tell("state", state);
  }

  tell(name, detail) {
    return this.dispatchEvent(new CustomEvent(`filo:${name}`, { detail, bubbles: true, cancelable: true }));
  }

  // --- what is said: who looks, who types ----------------------------------

  look() {
    const open = this.dataset.case;
    if (open) this.hint({ case: open, looking: !document.hidden });
  }

  // Call it at every key; it speaks every three seconds, and once more when the hands rest.
  typing({ note = false } = {}) {
    const open = this.dataset.case;
    if (!open) return;
    const say = (typing) => this.hint({ case: open, typing, note });
    clearTimeout(this.resting);
    this.resting = setTimeout(() => ((this.typed = 0), say(false)), TYPES + 1_000);
    if (performance.now() - (this.typed || -TYPES) < TYPES) return;
    this.typed = performance.now();
    say(true);
  }

  hint(said) {
    const words = { method: "POST", body: JSON.stringify(said), keepalive: true };
    fetch(`${this.src}/hints`, words).catch(() => {});
  }
}

customElements.define("filo-live", FiloLive);

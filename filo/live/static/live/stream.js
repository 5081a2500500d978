// One stream of server-sent events that survives every kind of break; polling where streams cannot pass.
// Used by the shared worker, and by a page where there is none. The server alone compares cursors.

const HELLO_WITHIN = 8_000; // a proxy that buffers opens the stream and lets nothing through
const SILENCE = 40_000; // the server beats every 15 s: longer silence is a dead line
const POLL = 2_000;
const POLLS_BEFORE_STREAM = 15;
const SHOWN_AFTER = 2_000; // a blink is not worth a word

export class Stream {
  constructor(src, cursor, tell) {
    Object.assign(this, { src, cursor, tell, tries: 0, polls: 0, state: "" });
    addEventListener("online", () => this.again(0));
    addEventListener("offline", () => this.say("offline"));
    this.open();
  }

  open() {
    this.close();
    this.watch(HELLO_WITHIN);
    const source = (this.source = new EventSource(`${this.src}?after=${encodeURIComponent(this.cursor)}`));
    const hear = (name, then) => source.addEventListener(name, (e) => this.source === source && then(e));
    hear("hello", () => this.good());
    hear("message", (e) => this.take(e.lastEventId, { fact: JSON.parse(e.data) }));
    hear("beat", (e) => this.take(e.lastEventId, { beat: e.lastEventId }));
    hear("hint", (e) => this.take("", { hint: JSON.parse(e.data) }));
    hear("reset", () => this.end({ reset: true }));
    hear("gone", () => this.end({ gone: true }));
    hear("bye", () => (this.close(), this.again(3_000)));
    hear("error", () => this.failed());
  }

  close() {
    this.source?.close();
    this.source = null;
    clearTimeout(this.dead);
    clearTimeout(this.next);
  }

  end(why) {
    this.close();
    this.tell(why);
  }

  good() {
    this.tries = this.polls = 0;
    this.watch(SILENCE);
    this.say("live");
  }

  take(cursor, told) {
    this.watch(SILENCE);
    if (cursor) this.cursor = cursor;
    this.tell(told);
  }

  watch(ms) {
    clearTimeout(this.dead);
    this.dead = setTimeout(() => this.failed(), ms);
  }

  failed() {
    this.close();
    this.say(navigator.onLine ? "reconnecting" : "offline");
    this.tries += 1;
    if (this.tries < 3) this.again(300 * 2 ** this.tries);
    else this.poll();
  }

  // At a random moment: a server that comes back must not meet all browsers at once.
  again(within) {
    clearTimeout(this.next);
    this.next = setTimeout(() => this.open(), Math.random() * within + 20);
  }

  async poll() {
    try {
      const answer = await fetch(`${this.src}/poll?after=${encodeURIComponent(this.cursor)}`, { cache: "no-store" });
      if (answer.status === 401) return this.end({ gone: true });
      if (!answer.ok) throw new Error(answer.status);
      const page = await answer.json();
      if (page.reset) return this.end({ reset: true });
      for (const fact of page.items) this.tell({ fact });
      this.cursor = page.next;
      this.tell({ beat: page.next });
      this.say("polling");
      this.polls += 1;
    } catch {
      this.say(navigator.onLine ? "reconnecting" : "offline");
      this.polls = 0;
      return this.again(Math.min(15_000, 300 * 2 ** this.tries));
    }
    clearTimeout(this.next);
    this.next = setTimeout(() => (this.polls % POLLS_BEFORE_STREAM ? this.poll() : this.open()), POLL);
  }

  say(state) {
    clearTimeout(this.saying);
    if (state === this.state) return;
    const now = () => this.tell({ state: (this.state = state) });
    if (state === "live" || state === "polling") now();
    else this.saying = setTimeout(now, SHOWN_AFTER);
  }
}

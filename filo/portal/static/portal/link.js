// The way to Filo: a pass, signed commands, and the stream of what is said to this visitor.

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const rest = (ms) => new Promise((done) => setTimeout(done, ms));

export class Refused extends Error {
  constructor(status) {
    super(status);
    this.status = status;
  }
}

export class Link {
  constructor(channel, key, signed) {
    Object.assign(this, { channel, key, signed, name: `filo-pass-${channel}` });
    this.token = key ? "" : this.remembered();
  }

  // Only where cookies fail does the pass stand in the page's own store.
  remembered() {
    try {
      return localStorage.getItem(this.name) || "";
    } catch {
      return "";
    }
  }

  remember(token) {
    this.token = token;
    try {
      if (token) localStorage.setItem(this.name, token);
      else localStorage.removeItem(this.name);
    } catch {} // this page's memory must do
  }

  forget() {
    this.key = "";
    this.remember("");
  }

  get known() {
    return Boolean(this.key);
  }

  headers(more = {}) {
    return this.token ? { ...more, authorization: `Bearer ${this.token}` } : more;
  }

  post(path, body, more = {}) {
    const headers = this.headers({ "content-type": "application/json", ...more });
    return fetch(path, { method: "POST", headers, body, keepalive: body.length < 60_000 });
  }

  // A pass, or another for a login token. Where cookies do not come back, a bearer stands in.
  async session(wanted = {}) {
    const answer = await this.post(`/w/${this.channel}/session`, JSON.stringify(wanted));
    if (!answer.ok) throw new Refused(answer.status);
    if (wanted.leave) return this.forget();
    const given = await answer.json();
    this.remember(given.token || "");
    this.key = given.key;
    this.signed = given.signed_in;
  }

  async lines() {
    if (!this.known) await this.session({ bearer: Boolean(this.token) });
    const answer = await fetch(`/w/${this.channel}/lines`, { headers: this.headers(), cache: "no-store" });
    if (!answer.ok) throw new Refused(answer.status);
    return answer.json();
  }

  async command(command) {
    if (!this.known) await this.session();
    let answer = await this.tell(command);
    if (answer.status === 401) {
      await this.session({ bearer: true });
      answer = await this.tell(command);
    }
    if (!answer.ok) throw new Refused(answer.status);
  }

  async tell(command) {
    const body = JSON.stringify(command);
    return this.post(`/hooks/${this.channel}`, body, { "filo-signature": `sha256=${await this.sign(body)}` });
  }

  // Where this browser can be woken, or is to be no more.
  async device(device, method) {
    if (!this.known) await this.session({ bearer: Boolean(this.token) });
    const body = JSON.stringify(device);
    const mark = `sha256=${await this.sign(body)}`;
    const headers = this.headers({ "content-type": "application/json", "filo-signature": mark });
    const answer = await fetch(`/w/${this.channel}/devices`, { method, headers, body });
    if (!answer.ok) throw new Refused(answer.status);
  }

  async sign(body) {
    const text = new TextEncoder();
    const how = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", text.encode(this.key), how, false, ["sign"]);
    return hex(await crypto.subtle.sign("HMAC", key, text.encode(body)));
  }

  async upload(file) {
    if (!this.known) await this.session();
    const answer = await this.post(`/w/${this.channel}/ticket`, "{}");
    if (!answer.ok) throw new Refused(answer.status);
    const { url } = await answer.json();
    const headers = { "content-type": file.type || "application/octet-stream" };
    const kept = await fetch(`${url}/${encodeURIComponent(file.name)}`, { method: "POST", headers, body: file });
    if (!kept.ok) throw new Refused(kept.status);
    return kept.json();
  }
}

// Read by fetch and not by EventSource, which can carry no bearer.
export class Stream {
  constructor(link, cursor, tell) {
    Object.assign(this, { link, cursor, tell, tries: 0, round: 0 });
    addEventListener("online", () => this.open());
    addEventListener("offline", () => this.state("offline"));
  }

  async open() {
    this.abort?.abort();
    const round = ++this.round;
    while (round === this.round) {
      try {
        await this.read(round);
      } catch (problem) {
        if (problem instanceof Refused && problem.status === 401) await this.link.session({ bearer: true }).catch(() => {});
      }
      if (round !== this.round) return;
      this.state(navigator.onLine ? "reconnecting" : "offline");
      await rest(Math.random() * Math.min(15_000, 400 * 2 ** this.tries++) + 100);
    }
  }

  close() {
    this.round += 1;
    this.abort?.abort();
    clearTimeout(this.saying);
  }

  async read(round) {
    this.abort = new AbortController();
    const address = `/live/w/${this.link.channel}?after=${encodeURIComponent(this.cursor)}`;
    const answer = await fetch(address, { headers: this.link.headers(), signal: this.abort.signal, cache: "no-store" });
    if (!answer.ok) throw new Refused(answer.status);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let kept = "";
    for (;;) {
      const { value, done } = await this.alive(reader.read());
      if (done || round !== this.round) return;
      const frames = (kept + value).split("\n\n");
      kept = frames.pop();
      frames.forEach((frame) => this.hear(frame));
    }
  }

  // The server beats every 15 s: a longer silence is a dead line.
  alive(reading) {
    clearTimeout(this.dead);
    this.dead = setTimeout(() => this.abort.abort(), 40_000);
    return reading;
  }

  hear(frame) {
    const fields = Object.fromEntries(frame.split("\n").map((line) => line.split(/: (.*)/s, 2)));
    if (fields.id) this.cursor = fields.id;
    if (fields.event === "hello") {
      this.tries = 0;
      this.state("live");
    } else if (fields.event === "reset") this.tell({ reset: true });
    else if (fields.event === "hint") this.tell({ hint: JSON.parse(fields.data) });
    else if (!fields.event) this.tell(JSON.parse(fields.data));
  }

  state(state) {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => this.tell({ state }), state === "live" ? 0 : 2_000);
  }
}

// What the visitor has written and we have not taken yet: kept through reloads and dead networks.
// The client id makes a second sending the same message.

const rest = (ms) => new Promise((done) => setTimeout(done, ms));

export class Outbox {
  constructor(link, changed) {
    Object.assign(this, { link, changed, name: `filo-out-${link.channel}`, kept: [], tries: 0 });
    try {
      this.kept = JSON.parse(localStorage.getItem(this.name)) || [];
    } catch {} // a browser that keeps nothing: this page's memory must do
    addEventListener("online", () => this.flush());
  }

  keep() {
    try {
      localStorage.setItem(this.name, JSON.stringify(this.kept));
    } catch {}
  }

  add(words) {
    const entry = { cmd: "send", client_id: crypto.randomUUID(), at: Date.now(), ...words };
    this.kept.push(entry);
    this.keep();
    this.changed(entry, "sending");
    this.flush();
    return entry;
  }

  again(id) {
    const entry = this.kept.find((one) => one.client_id === id);
    if (!entry) return;
    delete entry.failed;
    this.changed(entry, "sending");
    this.flush();
  }

  // Whoever comes after a log-out must not send what was left unsent.
  forget() {
    this.kept = [];
    this.keep();
  }

  // Seen in the thread: whatever became of our own call, it has arrived.
  arrived(id) {
    this.kept = this.kept.filter((one) => one.client_id !== id);
    this.keep();
  }

  async flush() {
    if (this.busy) return;
    this.busy = true;
    for (let entry; (entry = this.kept.find((one) => !one.failed && !one.taken)); ) await this.send(entry);
    this.busy = false;
  }

  async send(entry) {
    const { failed, taken, ...command } = entry;
    try {
      await this.link.command(command);
      this.tries = 0;
      this.arrived(entry.client_id);
      this.changed(entry, "sent");
    } catch ({ status }) {
      if (status >= 400 && status < 500 && status !== 401 && status !== 429) {
        entry.failed = true;
        this.keep();
        return this.changed(entry, "failed");
      }
      if (!navigator.onLine) await new Promise((done) => addEventListener("online", done, { once: true }));
      else await rest(Math.random() * Math.min(10_000, 500 * 2 ** this.tries++) + 300);
    }
  }
}

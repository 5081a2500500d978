// Notices of an answer for whoever has closed the page: only after a clear yes, and as easily ended.
// A page of its own may ask for them (the app on the home screen, a tab); a frame in a site may not.

const bytes = (word) => Uint8Array.from(atob(word.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const possible = () => parent === self && ["serviceWorker" in navigator, "PushManager" in self, "Notification" in self].every(Boolean);

export class Notices {
  constructor(link, words, box) {
    Object.assign(this, { link, words, box, place: `/w/${link.channel}` });
    this.kept = `filo ${location.origin}${this.place}`;
    box.querySelector("button").addEventListener("click", () => this.turn());
  }

  async begin() {
    if (this.begun || !possible()) return;
    this.begun = true;
    this.held = await (await this.worker())?.pushManager.getSubscription();
    if (this.held && this.link.known) await this.enrol("POST").catch(() => {}); // addresses change: tell it at each start
    this.show();
  }

  async worker() {
    return (await navigator.serviceWorker.getRegistrations()).find((one) => new URL(one.scope).pathname === this.place);
  }

  show(trouble = "") {
    const blocked = Notification.permission === "denied";
    const state = trouble || (blocked ? this.words.noticesBlocked : this.held ? this.words.noticesOn : this.words.noticesAsk);
    const button = this.box.querySelector("button");
    this.box.querySelector("span").textContent = state;
    button.textContent = this.held ? this.words.noticesStop : this.words.noticesStart;
    button.setAttribute("aria-pressed", String(Boolean(this.held)));
    button.hidden = blocked;
    this.box.hidden = false;
  }

  async turn() {
    try {
      await (this.held ? this.stop() : this.start());
      this.show();
    } catch {
      this.show(this.words.noticesFailed);
    }
  }

  async start() {
    if ((await Notification.requestPermission()) !== "granted") return;
    const { key } = await (await fetch(`${this.place}/devices`, { cache: "no-store" })).json();
    await navigator.serviceWorker.register(`${this.place}/worker.js`, { scope: this.place });
    const worker = await navigator.serviceWorker.ready;
    this.held = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
    await this.enrol("POST");
  }

  // At a log-out too: whoever comes after must not be told of another's answers.
  async stop() {
    if (!possible()) return;
    this.held ||= await (await this.worker())?.pushManager.getSubscription(); // a log-out may come before begin() has looked
    if (!this.held) return;
    await this.enrol("DELETE").catch(() => {});
    await this.held.unsubscribe();
    await caches.delete(this.kept);
    this.held = null;
  }

  async enrol(method) {
    const { endpoint, keys = {} } = this.held.toJSON();
    const language = document.documentElement.lang;
    await this.link.device({ platform: "web", address: endpoint, keys, language }, method);
    const { key, token } = this.link;
    const pass = new Response(JSON.stringify({ key, token, language }));
    if (method === "POST") await (await caches.open(this.kept)).put("/pass", pass);
  }
}

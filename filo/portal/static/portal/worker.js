// Wakes when a push comes. The push holds an id and never words: what it is about is fetched with
// the reader's own session; where there is none, the notice says only that there is news.
// `place` (this channel's address) stands above this text, so that a worker of the company's own
// may take it in by importScripts.

const KEPT = `filo ${place}`;
const WORDS = {
  it: { news: "Hai una risposta", by: (name) => `${name} ti ha risposto`, many: (n) => `${n} risposte da leggere` },
  en: { news: "You have an answer", by: (name) => `${name} has answered you`, many: (n) => `${n} answers to read` },
};
const words = WORDS[(self.navigator.language || "en").slice(0, 2)] || WORDS.en;
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => event.waitUntil(tell(read(event.data))));
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(enter(event.notification.data.url));
});

function read(data) {
  try {
    return data.json();
  } catch {
    return {};
  }
}

async function tell(notice) {
  if (await looksAtIt()) return;
  const lines = await fetched();
  const news = lines.filter((line) => !line.mine && line.state !== "read");
  const about = lines.find((line) => line.id === notice.message);
  const body = news.length > 1 ? words.many(news.length) : about?.by ? words.by(about.by) : notice.body || words.news;
  const data = { url: notice.url || place };
  const tag = notice.tag || "filo";
  await self.registration.showNotification(notice.title || words.news, { body, data, tag, renotify: true });
}

const ours = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });
const looksAtIt = async () => (await ours()).some((one) => one.focused && one.url.startsWith(place));

async function enter(url) {
  const open = (await ours()).find((one) => one.url.startsWith(place));
  return url === place && open ? open.focus() : self.clients.openWindow(url);
}

// --- the session, as the page left it --------------------------------------------

async function pass() {
  const found = await (await caches.open(KEPT)).match("/pass");
  return found ? found.json() : {};
}

async function fetched() {
  const { token } = await pass();
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  try {
    const answer = await fetch(`${place}/lines`, { headers, credentials: "include", cache: "no-store" });
    return answer.ok ? (await answer.json()).lines : [];
  } catch {
    return []; // no network for us, though there was one for the push
  }
}

// The browser has changed the address: tell it, and let the old one be forgotten.
async function renew({ oldSubscription, newSubscription }) {
  const { key, language } = await pass();
  if (!key) return;
  const held = newSubscription || (await subscribed());
  if (oldSubscription) await enrol(device(oldSubscription, language), "DELETE");
  await enrol(device(held, language), "POST");
}

async function subscribed() {
  const { key } = await (await fetch(`${place}/devices`)).json();
  const bytes = Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  return self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes });
}

function device(held, language = "") {
  const { endpoint, keys = {} } = held.toJSON();
  return { platform: "web", address: endpoint, keys, language };
}

async function enrol(told, method) {
  const { key, token } = await pass();
  const body = JSON.stringify(told);
  const text = new TextEncoder();
  const how = await crypto.subtle.importKey("raw", text.encode(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mark = hex(await crypto.subtle.sign("HMAC", how, text.encode(body)));
  const bearer = token ? { authorization: `Bearer ${token}` } : {};
  const headers = { "content-type": "application/json", "filo-signature": `sha256=${mark}`, ...bearer };
  return fetch(`${place}/devices`, { method, headers, body, credentials: "include" });
}

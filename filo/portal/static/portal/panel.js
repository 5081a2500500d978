// The panel: what is said, what is being said, and who listens.
import { Link, Stream } from "./link.js";
import { asElement, finish, make } from "./lines.js";
import { Outbox } from "./outbox.js";

const find = (id) => document.getElementById(id);
const chat = find("chat");
const words = chat.dataset;
const box = { lines: find("lines"), scroll: find("scroll"), text: find("words"), file: find("file") };
const lines = new Map(JSON.parse(JSON.parse(find("kept").textContent)).map((line) => [line.id, line]));
const pending = new Map(); // by client id: written here, not yet seen in the thread
const told = { delivered: new Set(), read: new Set() };
let port, typed = 0, resting, open = parent === self;

const link = new Link(words.channel, words.key, words.signed === "1");
const stream = new Stream(link, words.cursor, hear);
const outbox = new Outbox(link, changed);

// --- drawing ----------------------------------------------------------------

const day = (line) => new Date(line.at).toDateString();
const dayName = (line) =>
  day(line) === new Date().toDateString()
    ? words.today
    : new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" }).format(new Date(line.at));

const inOrder = () => [
  ...[...lines.values()].sort((one, other) => (one.id < other.id ? -1 : 1)),
  ...[...pending.values()].sort((one, other) => one.sent - other.sent),
];

// What was pressed or filled in, by the line that asked; words that came in between settle nothing.
function answered(all) {
  const refs = new Map(all.flatMap((line) => (line.refs || []).map((ref) => [ref, line.id])));
  const chosen = new Map();
  for (const { answers, chose } of all.filter((line) => line.mine && line.chose)) {
    const asked = refs.get(answers) || answers;
    chosen.set(asked, [...(chosen.get(asked) || []), chose]);
  }
  return chosen;
}

const drawn = new Map(); // id -> what it was drawn from: only what has changed is drawn again

function show() {
  const all = inOrder();
  const wanted = [];
  const chosen = answered(all);
  const last = all.findLastIndex((line) => line.mine);
  all.forEach((line, n) => {
    const before = all[n - 1];
    if (!before || day(before) !== day(line)) wanted.push(mark(line));
    const first = !before || before.mine || before.by !== line.by || day(before) !== day(line);
    wanted.push(element(line, { chosen: chosen.get(line.id) || [], fresh: n > last, first }));
  });
  wanted.forEach((el, n) => box.lines.children[n] !== el && box.lines.insertBefore(el, box.lines.children[n] || null));
  while (box.lines.children.length > wanted.length) box.lines.lastChild.remove();
  if (pinned || all.at(-1)?.state === "sending") toEnd();
}

const marks = new Map();
const mark = (line) => {
  if (!marks.has(day(line))) marks.set(day(line), make("li", { className: "day", textContent: dayName(line) }));
  return marks.get(day(line));
};

// A screen reader hears what is added: words that stand already are never drawn again.
function element(line, where) {
  const key = line.client_id || line.id;
  const print = JSON.stringify([line.parts, line.withdrawn, where.first]);
  const old = drawn.get(key);
  const el = old?.print === print ? old.el : asElement(line, words, where);
  if (!old) el.classList.add("fresh");
  else if (old.el !== el) old.el.replaceWith(el);
  drawn.set(key, { print, el });
  finish(el, line, words, where);
  return el;
}

// Who reads the newest line goes on reading it: through pictures that arrive, and bars that open.
let pinned = true;
const toEnd = () => {
  pinned = true;
  box.scroll.scrollTop = box.scroll.scrollHeight;
};
const watch = new ResizeObserver(() => pinned && toEnd());
watch.observe(box.lines);
watch.observe(box.scroll);
box.scroll.addEventListener("scroll", () => {
  pinned = box.scroll.scrollHeight - box.scroll.scrollTop - box.scroll.clientHeight < 60;
});

// --- hearing ----------------------------------------------------------------

function hear(event) {
  if (event.reset) return again();
  if (event.state) return network(event.state);
  if (event.hint) return typing(event.hint);
  if (event.type === "read") return readByUs();
  if (event.type === "message") take(event.line);
}

function take(line) {
  const before = lines.get(line.id);
  lines.set(line.id, line);
  if (line.client_id) {
    pending.delete(line.client_id);
    outbox.arrived(line.client_id);
  }
  if (!line.mine) typing({ on: false });
  show();
  if (!line.mine && !before && !attended()) unread(1);
  if (count && before && before.state !== "read" && !line.mine && line.state === "read") unread(-1); // read on another device
  acknowledge();
}

// The cursor means nothing any more, or there was no page to begin from: take the lines anew.
async function again() {
  const panel = await link.lines();
  panel.lines.forEach((line) => lines.set(line.id, line));
  stream.cursor = panel.cursor;
  show();
  stream.open();
}

function readByUs() {
  for (const line of lines.values()) if (line.mine) line.state = "read";
  show();
}

function network(state) {
  const bar = find("state");
  bar.hidden = state === "live";
  bar.textContent = state === "live" ? "" : words[state];
  if (state === "live") outbox.flush();
}

let quiet;
function typing({ on, by }) {
  clearTimeout(quiet);
  find("typing").hidden = !on;
  find("types").textContent = `${by || words.somebody} ${words.typing}`;
  if (!on) return;
  quiet = setTimeout(() => typing({ on: false }), 8_000);
  if (pinned) toEnd();
}

// --- receipts and the badge -------------------------------------------------

const attended = () => open && document.visibilityState === "visible";
let count = 0;
function unread(more) {
  count = more ? count + more : 0;
  port?.postMessage({ unread: count });
}

let telling;
function acknowledge() {
  clearTimeout(telling);
  telling = setTimeout(receipts, 250);
}

async function receipts() {
  if (!link.known) return;
  const ours = [...lines.values()].filter((line) => !line.mine && line.state !== "read");
  if (attended()) await receipt("read", ours);
  else await receipt("delivered", ours.filter((line) => line.state === "sent"));
}

async function receipt(cmd, ours) {
  const refs = ours.flatMap((line) => line.refs).filter((ref) => !told[cmd].has(ref));
  if (!refs.length) return;
  refs.forEach((ref) => told[cmd].add(ref));
  await link.command({ cmd, refs }).catch(() => refs.forEach((ref) => told[cmd].delete(ref)));
}

function attend() {
  if (!attended()) return;
  unread(0);
  acknowledge();
}

// --- saying -----------------------------------------------------------------

function changed(entry, state) {
  if (![...lines.values()].some((line) => line.client_id === entry.client_id)) {
    const parts = [...(entry.text ? [{ type: "text", text: entry.text }] : []), ...(entry.parts || [])];
    const at = new Date(entry.at).toISOString();
    const { client_id, answers, choice, form } = entry;
    pending.set(client_id, { client_id, answers, chose: choice || form, mine: true, parts, at, sent: entry.at, state });
  }
  show();
  if (state === "sent" && !stream.round) stream.open();
  if (state === "sent") notices?.begin();
}

function say(text, more = {}) {
  if (!text.trim()) return;
  outbox.add({ text: text.trim(), page, ...more });
  rested();
  toEnd();
}

let page = "";
function submit(event) {
  event?.preventDefault();
  say(box.text.value);
  box.text.value = "";
  box.text.focus();
}

function keys(event) {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
}

function types() {
  clearTimeout(resting);
  resting = setTimeout(rested, 4_000);
  if (!link.known || Date.now() - typed < 3_000) return;
  typed = Date.now();
  link.command({ cmd: "typing", on: true }).catch(() => {});
}

function rested() {
  clearTimeout(resting);
  if (typed && link.known) link.command({ cmd: "typing", on: false }).catch(() => {});
  typed = 0;
}

async function attach(files) {
  for (const file of files) {
    if (file.size > 25_000_000) notice(words.tooBig);
    else await upload(file);
  }
  box.file.value = "";
}

async function upload(file) {
  notice(`${words.uploading}: ${file.name}`);
  try {
    const kept = await link.upload(file);
    const part = { type: "media", mime: kept.mime, name: kept.name, size: kept.size, attachment: kept.id };
    outbox.add({ parts: [part], page });
    notice("");
  } catch {
    notice(words.refused);
  }
}

function notice(text) {
  find("state").hidden = !text;
  find("state").textContent = text;
}

function press({ target }) {
  const button = target.closest("button");
  if (button?.dataset.again) outbox.again(button.dataset.again);
  else if (button?.dataset.choice) {
    const said = button.dataset.says || button.textContent;
    say(said, { choice: button.dataset.choice, answers: button.dataset.answers });
    box.text.focus();
  }
}

// A form's answers go in words, and by the names of its fields.
function fill(event) {
  const { form, answers } = event.target.dataset;
  event.preventDefault();
  const given = [...event.target.elements].filter((one) => one.name && one.value.trim());
  const shown = (one) => one.selectedOptions?.[0].textContent || one.value.trim();
  const fields = Object.fromEntries(given.map((one) => [one.name, one.value.trim()]));
  say(given.map((one) => `${one.dataset.label}: ${shown(one)}`).join("\n"), { form, fields, answers });
}

// --- who it is --------------------------------------------------------------

async function identify(jwt) {
  if (!jwt) {
    outbox.forget();
    await notices?.stop();
    await link.session({ leave: true });
    return location.reload();
  }
  const before = link.key;
  // The stranger's thread joins the person only while the stranger's pass still stands.
  if (before && !link.signed) await link.command({ cmd: "identify", jwt }).catch(() => {});
  await link.session({ jwt });
  if (link.key === before) return;
  if (!link.token) return location.reload();
  lines.clear();
  await again();
}

// --- the page that carries us -------------------------------------------------

function carried({ data, ports }) {
  if (data !== "filo" || port) return;
  port = ports[0];
  port.onmessage = ({ data: said }) => {
    if ("open" in said) {
      open = said.open;
      if (open) box.text.focus();
      attend();
    }
    if ("page" in said) page = said.page;
    if ("identify" in said) identify(said.identify).catch(() => port.postMessage({ refused: true }));
  };
  find("close").hidden = false;
  unread(0);
}

find("say").addEventListener("submit", submit);
box.text.addEventListener("keydown", keys);
box.text.addEventListener("input", types);
box.text.addEventListener("paste", (e) => e.clipboardData.files.length && (e.preventDefault(), attach(e.clipboardData.files)));
box.file.addEventListener("change", () => attach([...box.file.files]));
find("attach").addEventListener("click", () => box.file.click());
find("close").addEventListener("click", () => port.postMessage({ close: true }));
box.lines.addEventListener("click", press);
box.lines.addEventListener("submit", fill);
addEventListener("keydown", (e) => e.key === "Escape" && port?.postMessage({ close: true }));
addEventListener("message", carried);
document.addEventListener("visibilitychange", attend);
chat.addEventListener("dragover", (e) => (e.preventDefault(), chat.classList.add("drop")));
chat.addEventListener("dragleave", () => chat.classList.remove("drop"));
chat.addEventListener("drop", (e) => (e.preventDefault(), chat.classList.remove("drop"), attach([...e.dataTransfer.files])));

box.lines.replaceChildren();
setTimeout(() => box.scroll.removeAttribute("aria-live"), 1_000); // from now on, what comes is news
outbox.kept.forEach((entry) => changed(entry, entry.failed ? "failed" : "sending"));
show();
toEnd();
if (link.known) stream.open();
else if (link.token) again().catch(() => link.forget());
outbox.flush();
attend();

// Loaded where the channel can push, and asked for once there is somebody to tell something.
let notices;
if (find("notices")) {
  const { Notices } = await import("./notices.js");
  notices = new Notices(link, words, find("notices"));
  if (link.known) notices.begin();
}

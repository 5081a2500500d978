// Cards, questions and papers: what the company sends besides words.
import { SVG, bubble, linked, make, out } from "./basics.js";

const LABELS = JSON.parse(document.getElementById("labels")?.textContent || "{}");
const language = document.documentElement.lang || "en";
const isPage = (url) => /^https?:\/\//.test(url || "");

// The clock on the wall there: a flight leaves at its airport's time, wherever the reader is.
const wall = (iso, style) =>
  new Intl.DateTimeFormat(language, { timeZone: "UTC", ...style }).format(new Date(`${iso.slice(0, 19)}Z`));
const moment = (iso) => wall(iso, { dateStyle: "medium", timeStyle: "short" });
const day = (iso) => wall(iso, { dateStyle: "medium" });

function money({ amount, currency }) {
  try {
    return new Intl.NumberFormat(language, { style: "currency", currency }).format(amount);
  } catch {
    return `${amount} ${currency}`;
  }
}

// --- what cards are made of ---------------------------------------------------

const card = (...inside) => make("div", { className: "card" }, ...inside.flat().filter(Boolean));
const title = (words) => words && make("h2", { textContent: words });
const text = (words) => words && make("p", {}, ...linked(words));
const row = (name, value) => make("div", {}, make("dt", { textContent: name }), make("dd", { textContent: value }));
const facts = (rows) => {
  const known = rows.filter(([, value]) => value);
  return known.length && make("dl", {}, ...known.map(([name, value]) => row(LABELS[name] || name, value)));
};

function pick(id, label, line, says = "") {
  const button = make("button", { type: "button", textContent: label });
  Object.assign(button.dataset, { choice: id, answers: line.refs?.[0] || "", says });
  if (says) button.setAttribute("aria-label", says);
  return button;
}

const presses = (...inside) => {
  const known = inside.flat().filter(Boolean);
  return known.length && make("div", { className: "presses" }, ...known);
};
const opens = (url, words, className = "") => isPage(url) && Object.assign(out(url, words), { className });
const files = (part) => (part.files || []).map((file) => opens(file.url, file.name || file.mime));
const options = (part, line) =>
  (part.options || []).map((one) => (one.url ? opens(one.url, one.label) : pick(one.id, one.label, line)));

// --- cards --------------------------------------------------------------------

const picture = (image) => isPage(image?.url) && make("img", { src: image.url, alt: image.caption || "", loading: "lazy" });
const oneCard = (part, line) => card(picture(part.image), title(part.title), text(part.text), presses(options(part, line)));

function carousel(part, line) {
  const cards = make("ul", { className: "cards", tabIndex: 0 }, ...part.cards.map((one) => make("li", {}, oneCard(one, line))));
  cards.setAttribute("aria-label", part.text || part.cards.map((one) => one.title).join(", "));
  return [...(part.text ? [bubble(...linked(part.text))] : []), cards];
}

// --- questions ----------------------------------------------------------------

const KINDS = { email: "email", phone: "tel", number: "number", date: "date" };

function input(field) {
  const more = { name: field.name, required: field.required !== false };
  if (field.kind === "long") return make("textarea", { rows: 3, ...more });
  if (!field.options?.length) return make("input", { type: KINDS[field.kind] || "text", ...more });
  const ready = field.options.map((one) => make("option", { value: one.id, textContent: one.label }));
  return make("select", more, make("option", { value: "" }), ...ready);
}

function asked(field) {
  const box = input(field);
  box.dataset.label = field.label;
  return make("label", {}, field.required === false ? `${field.label} (${LABELS.optional})` : field.label, box);
}

function form(part, line) {
  const send = make("button", { type: "submit", className: "main", textContent: part.button || LABELS.send });
  const set = make("fieldset", {}, make("div", { className: "asked" }, ...(part.fields || []).map(asked)), presses(send));
  const sheet = make("form", {}, set);
  Object.assign(sheet.dataset, { form: part.id, answers: line.refs?.[0] || "" });
  return [card(title(part.title), text(part.text), sheet)];
}

const slots = (part, line) => [
  card(title(part.text), make("fieldset", {}, presses((part.slots || []).map((one) => pick(one.id, moment(one.starts), line))))),
];

const FACES = [..."\u{1f620}\u{1f61e}\u{1f610}\u{1f60a}\u{1f603}"]; // from bad to good

function survey(part, line) {
  const scale = part.scale || FACES.length;
  const scores = Array.from({ length: scale }, (_, n) =>
    pick(`csat:${part.id}:${n + 1}`, scale === FACES.length ? FACES[n] : String(n + 1), line, `${n + 1}/${scale}`),
  );
  const ends = [part.low, part.high].map((words) => make("span", { textContent: words || "" }));
  return [
    card(
      title(part.text),
      make("fieldset", {}, make("div", { className: "scale" }, ...scores)),
      (part.low || part.high) && make("p", { className: "ends" }, ...ends),
    ),
  ];
}

// --- papers -------------------------------------------------------------------

function code({ width, height, path } = {}) {
  if (!path) return null;
  const svg = document.createElementNS(SVG, "svg");
  const cells = document.createElementNS(SVG, "path");
  const about = { viewBox: `0 0 ${width} ${height}`, "shape-rendering": "crispEdges", role: "img", "aria-label": LABELS.code };
  for (const [name, value] of Object.entries(about)) svg.setAttribute(name, value);
  cells.setAttribute("d", path);
  svg.append(cells);
  return make("div", { className: "code" }, svg);
}

const end = (place) => make("span", {}, make("b", { textContent: place.code }), make("small", { textContent: place.city || "" }));

const pass = (part) => [
  card(
    title(`${LABELS.flight} ${part.flight}`),
    make("div", { className: "way" }, end(part.origin), "\u2192", end(part.destination)),
    facts([
      ["passenger", part.passenger],
      ["departs", moment(part.departs)],
      ["boards", part.boards && moment(part.boards)],
      ["arrives", part.arrives && moment(part.arrives)],
      ["terminal", part.terminal],
      ["gate", part.gate],
      ["seat", part.seat],
      ["group", part.group],
      ["cabin", part.cabin],
      ["booking", part.reference],
    ]),
    part.code?.path && make("div", { className: "tear" }),
    code(part.code),
    presses(opens(part.url, LABELS.open, "main"), files(part)),
  ),
];

function receipt(part) {
  const rows = (part.items || []).map((one) => row(`${one.quantity || 1} \u00d7 ${one.title}`, money(one.price)));
  if (part.tax) rows.push(row(LABELS.tax, money(part.tax)));
  rows.push(row(LABELS.total, money(part.total)));
  const about = [part.at && moment(part.at), part.paid_with].filter(Boolean).join(" \u00b7 ");
  const sums = make("dl", { className: "sums" }, ...rows);
  return [card(title(`${LABELS.receipt} ${part.number}`), text(about), sums, presses(opens(part.url, LABELS.open), files(part)))];
}

const shipment = (part) => [
  card(
    title(`${LABELS.shipment} ${part.number}`),
    text(part.text),
    facts([
      ["status", part.status],
      ["carrier", part.carrier],
      ["expected", part.expected && day(part.expected)],
    ]),
    presses(opens(part.url, LABELS.track, "main")),
  ),
];

const appointment = (part) => [
  card(
    title(part.title),
    text(part.text),
    facts([
      ["appointment", moment(part.starts) + (part.minutes ? `, ${part.minutes} min` : "")],
      ["place", part.place],
    ]),
    presses(opens(part.url, LABELS.open, "main"), files(part)),
  ),
];

const payment = (part) => [
  card(
    title(part.title),
    make("p", { className: "amount", textContent: money(part.price) }),
    facts([
      ["reference", part.reference],
      ["due", part.due && day(part.due)],
    ]),
    presses(opens(part.url, LABELS.pay, "main")),
  ),
];

export const RICH = {
  card: (part, line) => [oneCard(part, line)],
  carousel,
  form,
  slots,
  survey,
  receipt,
  boarding_pass: pass,
  shipment,
  appointment,
  payment,
};

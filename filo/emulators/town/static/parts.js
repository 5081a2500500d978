// One bubble of any played provider, as accounts.py tells it: the same parts in every app's dress.
import { el, hour, icon } from "/town/draw.js";
import { boarding, receipt } from "/town/papers.js";
import { w } from "/town/words.js";

export function bubble(line, lines, app) {
  line.words = line.withdrawn ? w("withdrawn") : words(line);
  if (line.type === "notice") return el("p", { className: "day notice" }, line.words);
  const mine = !line.out, wide = WIDE.has(line.type) && !line.withdrawn;
  const inner = el("div", { className: `bubble${wide ? " wide" : ""}` }, quote(line, lines), line.withdrawn ? el("p", { className: "gone" }, w("withdrawn")) : inside(line, app), stamp(line),
    line.reaction && el("span", { className: "reaction" }, line.reaction), keyboard(line, lines, app, "inline", "list"));
  const more = el("button", { type: "button", className: "more", ariaLabel: w("react"), ariaExpanded: "false", onclick: () => app.menu(line, more) }, icon("smile"));
  const row = el("div", { className: `line${mine ? " mine" : ""}${line.reaction ? " has-reaction" : ""}` }, inner, !line.withdrawn && more);
  const quick = keyboard(line, lines, app, "quick");
  return quick ? el("div", { className: "asked" }, row, quick) : row;
}

const WIDE = new Set(["carousel", "pass", "receipt", "form", "slots", "card"]);

function stamp(line) {
  const state = line.out ? "" : line.state === "failed" ? w("failed") : "";
  return el("span", { className: "stamp" }, line.edited && `${w("edited")} `, hour(line.at * 1000), state && ` · ${state}`);
}

function quote(line, lines) {
  const about = line.answers && lines.find((each) => each.id === line.answers);
  return about && el("p", { className: "quote" }, about.words ?? words(about));
}

export function words({ content, type }) {
  return content.text || content.title || content.caption || content.name || content.number || content.flight || content.cards?.[0]?.title || w(NAMES[type] ?? "message");
}

const NAMES = { image: "picture", video: "film", audio: "voice", file: "document", sticker: "sticker", location: "place", form: "form", pass: "pass", receipt: "receipt" };

function inside(line, app) {
  const draw = KINDS[line.type];
  return draw ? draw(line.content, line, app) : paragraph(line.words);
}

// --- what it says, by its type ------------------------------------------------
const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/;

const MARK = /(\*\*[^*\n]+\*\*|~~[^~\n]+~~|`[^`\n]+`|(?<![\w])_[^_\n]+_(?![\w]))/;
const MARKED = { "*": ["b", 2], "~": ["s", 2], "`": ["code", 1], _: ["i", 1] };

function marked(text) {
  return text.split(MARK).map((piece, at) => {
    if (!(at % 2)) return piece;
    const [name, width] = MARKED[piece[0]];
    return el(name, {}, piece.slice(width, -width));
  });
}

export const paragraph = (text, className = "", marks = false) =>
  text && el("p", { className }, text.split(LINK).flatMap((piece, at) => (at % 2 ? el("a", { href: piece, target: "_blank", rel: "noreferrer" }, piece) : marks ? marked(piece) : piece)));

export const source = (content) => {
  const given = content?.base64 ? `data:${content.mime};base64,${content.base64}` : content?.url ?? "";
  return /^(https?:|data:|blob:|\/)/.test(given) ? given : "";
};

export const picture = (content, name = "picture") =>
  source(content) && el("img", { src: source(content), alt: content.caption || content.name || w(name), className: name === "sticker" ? "sticker" : "" });

function paper(content) {
  const href = source(content);
  return el(href ? "a" : "div", { className: "card", href: href || null, target: "_blank", rel: "noreferrer" }, icon("file"),
    el("div", {}, el("b", {}, content.name || w("document")), el("small", {}, content.mime ?? "")));
}

function person(content) {
  return el("div", { className: "card" }, icon("person"), el("div", {}, el("b", {}, content.name), el("small", {}, [...(content.phones ?? []), ...(content.emails ?? [])].join(" · "))));
}

function spot({ latitude, longitude, name, address }) {
  return el("div", { className: "spot" }, el("div", { className: "map" }, icon("pin")),
    el("b", {}, name || w("place")), el("small", {}, address || `${Number(latitude).toFixed(4)}, ${Number(longitude).toFixed(4)}`));
}

function card(content, line, app) {
  const image = typeof content.image === "string" ? { url: content.image } : content.image;
  return el("div", { className: "tile" }, picture(image) || el("div", { className: "blank" }), el("div", { className: "told" }, el("b", {}, content.title), paragraph(content.text)), buttons(content.buttons, line, app));
}

function carousel(content, line, app) {
  const row = el("div", { className: "cards", tabIndex: 0, role: "group", ariaLabel: content.text || w("cards") }, content.cards.map((each) => card(each, line, app)));
  return [paragraph(content.text), row];
}

function slots(content, line, app) {
  const rows = content.slots.map((slot) => {
    const at = new Date(slot.starts), zone = slot.starts.slice(11, 16);
    return { id: slot.id, label: `${at.toLocaleDateString(document.documentElement.lang, { weekday: "short", day: "numeric", month: "short" })}, ${zone}` };
  });
  return [paragraph(content.text), el("div", { className: "times" }, rows.map((row) => button(row, line, app)))];
}

function form(content, line, app) {
  const open = el("button", { type: "button", onclick: () => ask(content, line, app) }, content.button || w("fill_in"));
  return [paragraph(content.title, "head"), paragraph(content.text), el("div", { className: "answers" }, open)];
}

function ask(content, line, app) {
  const sheet = el("form", { className: "asking", onsubmit: (event) => {
    event.preventDefault();
    app.sheet.remove();
    app.fill(line, Object.fromEntries(new FormData(sheet)));
  } }, el("b", {}, content.title), content.fields.map(asked), el("button", { className: "button", type: "submit" }, w("send")));
  app.open(sheet);
}

const INPUTS = { email: "email", phone: "tel", number: "number", date: "date" };

function asked({ name, label, kind, options = [], required = true }) {
  const entry = kind === "choice" ? el("select", { name, required }, options.map((one) => el("option", { value: one.id }, one.label)))
    : kind === "long" ? el("textarea", { name, required, rows: 2 }) : el("input", { name, required, type: INPUTS[kind] ?? "text" });
  return el("label", {}, label, entry);
}

const film = (content) => [source(content) && el("video", { src: source(content), controls: true, preload: "metadata", ariaLabel: content.caption || w("film") }), paragraph(content.caption)];

const KINDS = {
  text: (content, line, app) => paragraph(content.text, "", app.dress.marks), template: (content) => paragraph(content.text), post: (content) => [paragraph(content.text), picture(content.image)],
  image: (content, line, app) => [picture(content) || paper(content), paragraph(content.caption, "", app.dress.marks)],
  sticker: (content) => picture(content, "sticker") || paragraph(w("sticker")),
  file: (content) => [paper(content), paragraph(content.caption)],
  audio: (content) => [source(content) ? el("audio", { src: source(content), controls: true, preload: "none", ariaLabel: w("voice") }) : paper(content), paragraph(content.caption)],
  video: film, location: spot, contact: person, card, carousel, slots, form,
  buttons: (content, line, app) => paragraph(content.text, "", app.dress.marks),
  pass: boarding, receipt,
};

// --- ready answers -------------------------------------------------------------
function button(one, line, app) {
  const face = [el("span", {}, one.label), one.hint && one.hint !== one.label && el("small", {}, one.hint)];
  if (one.url) return el("a", { href: one.url, target: "_blank", rel: "noreferrer" }, face, icon("out"));
  return el("button", { type: "button", onclick: () => app.tap(line, one) }, face);
}

function buttons(all, line, app) {
  return all?.length ? el("div", { className: "answers" }, all.map((one) => button(one, line, app))) : null;
}

function keyboard(line, lines, app, ...styles) {
  const { style = "inline", buttons: all } = line.content;
  if (line.type !== "buttons" || !all?.length || line.withdrawn || !styles.includes(style)) return null;
  if (style === "quick" && !app.fresh(line, lines)) return null;
  return el("div", { className: `answers ${style}` }, all.map((one) => button(one, line, app)));
}

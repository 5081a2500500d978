// One message of the phone, as Meta's own objects tell it.
import { el, hour, icon } from "/town/draw.js";
import { language, w } from "/town/words.js";

export function drawn(line, lines, phone) {
  const mine = !line.out;
  line.words = line.withdrawn ? w("withdrawn") : words(line);
  const bubble = el("div", { className: "bubble" }, quote(line, lines), inside(line, phone), stamp(line), line.reaction && el("span", { className: "reaction" }, line.reaction), answers(line, phone));
  const more = el("button", { type: "button", className: "more", ariaLabel: w("react"), ariaExpanded: "false", onclick: () => phone.menu(line, more) }, icon("smile"));
  return el("div", { className: `line${mine ? " mine" : ""}${line.reaction ? " has-reaction" : ""}` }, bubble, !line.withdrawn && more);
}

function stamp(line) {
  const seen = !line.out && line.seen;
  const told = !line.out && el("span", { className: "vh" }, seen ? w("seen") : w("sent"));
  return el("span", { className: `stamp${seen ? " seen" : ""}` }, hour(line.at * 1000), !line.out && icon("ticks", "0 0 19 13"), told);
}

function quote(line, lines) {
  const about = line.answers && lines.find((each) => each.id === line.answers);
  return about && el("p", { className: "quote" }, about.words ?? words(about));
}

// --- what it says, by its kind -----------------------------------------------
function inside(line, phone) {
  if (line.withdrawn) return el("p", { className: "gone" }, w("withdrawn"));
  const draw = KINDS[line.type];
  return draw ? draw(line.content, phone) : el("p", {}, words(line));
}

const paragraph = (text, className = "") => text && el("p", { className }, text);
const source = (content, phone) => (content.id ? `/play/whatsapp/${phone.number}/files/${content.id}` : "");

function picture(content, phone) {
  const src = source(content, phone);
  const image = src ? el("img", { src, alt: content.caption ?? w("picture") }) : link(content, w("picture"));
  return [image, paragraph(content.caption)];
}

function link(content, words) {
  const card = el(content.link ? "a" : "div", { className: "card", href: content.link, target: "_blank", rel: "noreferrer" });
  card.append(icon("file"), el("div", {}, el("b", {}, content.filename ?? words), el("small", {}, content.mime_type ?? "")));
  return card;
}

function file(content, phone) {
  const href = source(content, phone) || content.link;
  return [link({ ...content, link: href }, w("document")), paragraph(content.caption)];
}

function sound(content, phone) {
  const src = source(content, phone);
  return src ? el("audio", { src, controls: true, preload: "none", ariaLabel: w("voice") }) : link(content, w("voice"));
}

function film(content, phone) {
  const src = source(content, phone);
  return [src ? el("video", { src, controls: true, preload: "metadata" }) : link(content, "video"), paragraph(content.caption)];
}

function spot(content) {
  const where = content.address ?? `${content.latitude.toFixed(4)}, ${content.longitude.toFixed(4)}`;
  return el("div", { className: "card" }, icon("pin"), el("div", {}, el("b", {}, content.name ?? w("place")), el("small", {}, where)));
}

function person(content) {
  return (content.cards ?? []).map((card) =>
    el("div", { className: "card" }, icon("person"), el("div", {}, el("b", {}, card.name?.formatted_name ?? ""), el("small", {}, card.phones?.[0]?.phone ?? ""))));
}

function question(content, phone) {
  const pressed = content[content.type];
  if (pressed?.title) return [el("p", {}, pressed.title), paragraph(pressed.description, "foot")];
  const above = content.header?.image ? picture(content.header.image, phone) : paragraph(content.header?.text, "head");
  return [...[above].flat(), paragraph(content.body?.text), paragraph(content.footer?.text, "foot")];
}

const KINDS = {
  text: (content) => el("p", {}, content.body ?? ""),
  image: picture, sticker: picture, document: file, audio: sound, video: film,
  location: spot, contacts: person, interactive: question,
  button: (content) => el("p", {}, content.text ?? ""),
  template: (content) => el("p", {}, content.words ?? `${content.name} (${content.language?.code ?? language})`),
};

function words(line) {
  const said = line.content;
  return said.words ?? said.body?.text ?? (typeof said.body === "string" ? said.body : null) ?? said[said.type]?.title ?? said.caption ?? said.name ?? said.filename ?? line.type;
}

// --- ready answers -------------------------------------------------------------
function answers(line, phone) {
  if (!line.out || !line.options?.length || line.withdrawn) return null;
  const buttons = line.options.map((option) =>
    el("button", { type: "button", onclick: () => phone.press(line, option) }, option.title, option.description && el("small", {}, option.description)));
  return el("div", { className: "answers" }, buttons);
}

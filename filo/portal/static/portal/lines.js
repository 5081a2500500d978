// One line of the thread as elements. Words are always text, never markup.

import { bubble, icon, linked, make, marked, out } from "./basics.js";
import { RICH } from "./rich.js";

export { make };

const file = (part) => {
  const name = make("span", { textContent: part.name || part.mime });
  if (!part.url) return bubble(make("span", { className: "file" }, icon("file"), name));
  const link = out(part.url, icon("file"), name);
  link.className = "file";
  return bubble(link);
};

const media = (part) => {
  const [kind] = part.mime.split("/");
  if (!part.url || !["image", "audio", "video"].includes(kind)) return file(part);
  if (kind === "image") {
    const alt = part.caption || part.name || "";
    const picture = bubble(out(part.url, make("img", { src: part.url, alt, loading: "lazy" })));
    picture.classList.add("picture");
    return picture;
  }
  return bubble(make(kind, { src: part.url, controls: true, preload: "metadata" }));
};

const DRAW = {
  ...RICH,
  text: (part) => [bubble(...(part.marked ? marked : linked)(part.text))],
  choice: (part) => [bubble(...linked(part.text))],
  media: (part) => [media(part), ...(part.caption ? [bubble(part.caption)] : [])],
  location: (part) => {
    const name = part.name || `${part.latitude}, ${part.longitude}`;
    const map = `https://www.openstreetmap.org/?mlat=${part.latitude}&mlon=${part.longitude}#map=16/${part.latitude}/${part.longitude}`;
    const link = out(map, icon("place"), make("span", { textContent: name }));
    link.className = "file";
    return [bubble(link)];
  },
  contact: (part) => [bubble([part.name, ...(part.phones || []), ...(part.emails || [])].join("\n"))],
};

const draw = (part, line) => (DRAW[part.type] || ((other) => [bubble(other.text || other.kind || "…")]))(part, line);

const clock = (at) => new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" }).format(new Date(at));

function fate(line, words) {
  const meta = make("p", { className: "meta", ariaLive: "off" });
  if (line.edited) meta.append(make("span", { textContent: words.edited }));
  meta.append(make("time", { dateTime: line.at, textContent: clock(line.at) }));
  if (!line.mine) return meta;
  if (line.state === "failed") {
    const again = make("button", { type: "button", textContent: words.again });
    again.dataset.again = line.client_id;
    meta.append(make("span", { className: "failed", textContent: words.failed }), again);
  } else {
    const mark = make("span", { className: line.state, title: words[line.state] }, icon(line.state));
    meta.append(mark, make("span", { className: "vh", textContent: words[line.state] }));
  }
  return meta;
}

function choices(line) {
  const asked = line.parts.find((part) => part.type === "choice");
  if (!asked || line.mine) return [];
  const box = make("div", { className: "choices" });
  for (const { id, label, url } of asked.options) {
    if (url) {
      box.append(out(url, label));
      continue;
    }
    const button = make("button", { type: "button", textContent: label });
    Object.assign(button.dataset, { choice: id, answers: line.refs?.[0] || "" });
    box.append(button);
  }
  return [box];
}

// A form, a survey or a time to choose waits until that very one is answered, whatever is said meanwhile.
function settle(asked, chosen) {
  const presses = [...asked.querySelectorAll("[data-choice]")];
  asked.disabled = chosen.includes(asked.form?.dataset.form) || presses.some((one) => chosen.includes(one.dataset.choice));
  for (const one of presses) one.classList.toggle("chosen", chosen.includes(one.dataset.choice));
}

// What may change under words that stay: the time, the ticks, the ready answers.
// Ready answers stand until the customer says anything.
export function finish(el, line, words, { chosen, fresh }) {
  el.id = line.id || line.client_id;
  const meta = fate(line, words);
  const old = el.querySelector(".meta");
  if (old?.textContent !== meta.textContent) old ? old.replaceWith(meta) : el.append(meta);
  for (const asked of el.querySelectorAll("fieldset")) settle(asked, chosen);
  if (!fresh) el.querySelector(".choices")?.remove();
  else if (!el.querySelector(".choices")) el.querySelector(".meta").before(...choices(line));
}

export function asElement(line, words, { first }) {
  const el = make("li", { className: `line ${line.mine ? "mine" : "ours"}` });
  const by = line.mine ? words.you : line.by || words.us;
  el.append(make("span", { className: line.mine || !first ? "vh" : "by", textContent: by }));
  if (line.withdrawn) {
    const gone = bubble(words.withdrawn);
    gone.classList.add("gone");
    el.append(gone);
  } else el.append(...line.parts.flatMap((part) => draw(part, line)));
  if (el.querySelector(".cards")) el.classList.add("wide");
  return el;
}

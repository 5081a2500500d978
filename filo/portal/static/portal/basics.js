// Elements and icons. Words are always text, never markup.

export const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  sending: "M12 7v5l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  sent: "M5 13l4 4L19 7",
  delivered: "M2 13l4 4L16 7M12 17L22 7",
  read: "M2 13l4 4L16 7M12 17L22 7",
  file: "M14 3v5h5M6 3h8l5 5v13H6z",
  place: "M12 21s7-6.500 7-11.500a7 7 0 0 0-14 0C5 14.500 12 21 12 21zM12 12a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
};

export const make = (name, more = {}, ...inside) => {
  const el = Object.assign(document.createElement(name), more);
  el.append(...inside);
  return el;
};

export const icon = (name) => {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
};

export const out = (href, ...inside) => make("a", { href, target: "_blank", rel: "noopener nofollow" }, ...inside);

// Addresses become links; everything else stays as it was written.
export const linked = (text) =>
  text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/).map((piece, n) => (n % 2 ? out(piece, piece) : piece));

export const bubble = (...inside) => make("div", { className: "bubble" }, ...inside);

// What is marked, as it is meant: **bold**, _italic_, ~~struck~~ and `code`.
const SIGNS = /`([^`\n]+)`|\*\*(?=\S)((?:(?!\*\*)[^\n])+)(?<=\S)\*\*|~~(?=\S)((?:(?!~~)[^\n])+)(?<=\S)~~|(?<!\w)_(?=\S)([^_\n]+)(?<=\S)_(?!\w)/g;
const NAMES = ["", "code", "b", "s", "i"];

export function marked(text) {
  const told = [];
  let end = 0;
  for (const found of text.matchAll(SIGNS)) {
    const which = [1, 2, 3, 4].find((n) => found[n] !== undefined);
    const inside = which === 1 ? [found[1]] : marked(found[which]);
    told.push(...linked(text.slice(end, found.index)), make(NAMES[which], {}, ...inside));
    end = found.index + found[0].length;
  }
  return [...told, ...linked(text.slice(end))];
}

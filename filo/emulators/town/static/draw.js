// Elements without HTML text: what customers and staff wrote can never become a tag.
export function el(name, given = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key in node && key !== "list" && key !== "form") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((each) => each || each === 0));
  return node;
}

const PATHS = {
  phone: "M8 3h8a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM11 18h2",
  mail: "M4 6h16v12H4zM4 7l8 6 8-6",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  kiosk: "M6 3h12v12H6zM12 15v3M8 21h8M9 18h6v3H9zM9 7h6M9 10h4",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  send: "M4 12l16-8-6 16-3-7zM11 13l9-9",
  clip: "M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 5 5l-8.500 8.500a1.800 1.800 0 0 1-2.600-2.600L14.500 7.500",
  pin: "M12 21s7-6.300 7-11.500a7 7 0 0 0-14 0C5 14.700 12 21 12 21zM12 12a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  smile: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.500 14.500c1.800 2.300 5.200 2.300 7 0M9 9.500v.01M15 9.500v.01",
  close: "M6 6l12 12M18 6L6 18",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20c1.300-3.600 4-5.400 7.500-5.400s6.200 1.800 7.500 5.400",
  again: "M20 12a8 8 0 1 1-2.500-5.800M20 4v4.500h-4.500",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M4.900 4.900l1.400 1.400M17.700 17.700l1.400 1.400M2 12h2M20 12h2M4.900 19.100l1.400-1.400M17.700 6.300l1.400-1.400",
  moon: "M20 14.500A8.500 8.500 0 1 1 9.500 4a7 7 0 0 0 10.500 10.500z",
  ticks: "M1 7l4 4 7-9M9 10l1.500 1L18 2",
  bars: "M4 18v-3M9 18v-6M14 18V9M19 18V5",
  back: "M15 5l-7 7 7 7",
  dots: "M12 6v.01M12 12v.01M12 18v.01",
  out: "M14 5h5v5M19 5l-8 8M11 6H5v13h13v-6",
  plane: "M21 12c0-.8-.7-1.500-1.500-1.500H15l-4-7H9l2 7H6.500L5 8.500H3.500l1 3.500-1 3.500H5l1.500-2H11l-2 7h2l4-7h4.500c.8 0 1.500-.7 1.500-1.500z",
};

export const icon = (name, box) => drawing(PATHS[name], box);

export function drawing(line, box = "0 0 24 24") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", box);
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", line);
  svg.append(path);
  return svg;
}

const locale = { it: "it-IT", en: "en-GB" }[document.documentElement.lang];

export const hour = (at) => new Date(at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });

export const day = (at) => new Date(at).toLocaleDateString(locale, { day: "numeric", month: "long" });

export const title = (mark, text) => el("h2", {}, icon(mark), text);

export async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  }
  return btoa(text);
}

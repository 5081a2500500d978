// The page's words, in the language in which it was asked for.
const told = JSON.parse(document.getElementById("words").textContent);

export const w = (name, values = {}) =>
  (told[name] ?? name).replace(/\$(\w+)/g, (_, key) => values[key] ?? "");

export const language = document.documentElement.lang;

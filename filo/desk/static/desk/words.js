// The few words that scripts need, in the language of the page.
export function words(name) {
  return document.getElementById("words-of-page")?.dataset[name] ?? ""
}

export const language = document.documentElement.lang || "en"

// The few words that scripts need, in the language of the page.
export function words(name) {
  return document.getElementById("words-of-page")?.dataset[name] ?? ""
}

// The page's language, in the manner of the reader's own country where the browser names one.
const spoken = document.documentElement.lang || "en"
export const language = navigator.languages?.find((one) => one.startsWith(`${spoken}-`)) ?? (spoken === "en" ? "en-GB" : spoken)

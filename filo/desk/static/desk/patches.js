// What the server answers a form with: the same patches that the stream brings, and one verb more.
import { HOW, patch } from "../live/patches.js"

HOW.row = (to, news) => {
  for (const one of [...news.children]) document.dispatchEvent(new CustomEvent("desk:row", { detail: one }))
  return []
}
HOW.remove = (to) => { leave(to); return [] }

export function apply(html) {
  patch(html)
  document.dispatchEvent(new CustomEvent("desk:patched"))
}

// A row that leaves hands the focus to its neighbour.
export function leave(row) {
  if (row.contains(document.activeElement)) {
    const next = row.nextElementSibling ?? row.previousElementSibling
    next?.querySelector("a, button")?.focus()
  }
  row.remove()
}

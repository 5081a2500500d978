// Who looks and who types: <filo-live> says ours upwards, and this shows what others do.
import { openCase } from "./thread.js"
import { words } from "./words.js"

const live = document.querySelector("filo-live")
const me = document.body.dataset.me
const people = new Map()
const typers = new Map()

function turn() {
  if (live && customElements.get("filo-live") && live.dataset.case !== openCase()) live.dataset.case = openCase()
  show()
}

document.addEventListener("input", (event) => {
  if (event.target.id === "words") live?.typing?.({ note: Boolean(document.getElementById("as-note")?.checked) })
})

document.addEventListener("filo:hint", ({ detail: hint }) => {
  if (hint.type === "typed") return typed(hint)
  if (hint.type !== "presence") return
  people.set(hint.case, hint.people.filter((one) => one.id !== me))
  rowLooks(hint.case)
  show()
})

function show() {
  const strip = document.getElementById("see")
  if (!strip) return
  const others = people.get(openCase()) ?? []
  strip.hidden = others.length === 0
  if (strip.hidden) return
  const typing = others.find((one) => one.typing)
  const name = document.createElement("b")
  name.textContent = typing ? typing.name : others.map((one) => one.name).join(", ")
  strip.querySelector("[data-words]").replaceChildren(name, ` ${words(typing ? "types" : "looks")}`)
}

export function rowLooks(id) {
  const row = document.querySelector(`#row-${CSS.escape(id)} .row`)
  if (!row) return
  const others = people.get(id) ?? []
  row.classList.toggle("looked", others.length > 0)
  row.querySelector("[data-who]").textContent = others.map((one) => one.name.split(" ")[0]).join(", ")
}

function typed(hint) {
  clearTimeout(typers.get(hint.customer))
  const who = CSS.escape(hint.customer)
  const set = (on) => {
    for (const row of document.querySelectorAll(`#rows > [data-customer="${who}"] .row`)) row.classList.toggle("types", on)
    const line = document.querySelector(`.thread[data-customer="${who}"] #customer-types`)
    if (line) line.hidden = !on
  }
  set(hint.on)
  if (hint.on) typers.set(hint.customer, setTimeout(() => set(false), 8000))
}

// The element is told of the open case once it can hear.
customElements.whenDefined("filo-live").then(turn)
document.addEventListener("htmx:afterSettle", turn)
document.addEventListener("desk:patched", show)

// Ctrl K: commands filtered here, customers and messages found by the server, arrows and Enter.
import { open } from "./overlays.js"

const palette = document.getElementById("palette")
const field = palette?.querySelector("input[type=search]")

function hits() {
  return [...palette.querySelectorAll(".hit:not([hidden])")]
}

function point(hit) {
  for (const one of palette.querySelectorAll(".hit.on")) one.classList.remove("on")
  hit?.classList.add("on")
  hit?.scrollIntoView({ block: "nearest" })
}

function filter() {
  const wanted = field.value.trim().toLowerCase()
  for (const command of document.querySelectorAll("#commands .hit")) {
    command.hidden = wanted !== "" && !command.textContent.toLowerCase().includes(wanted)
  }
  if (!wanted) document.getElementById("found").replaceChildren()
  point(hits()[0])
}

if (palette) {
  field.addEventListener("input", filter)
  palette.addEventListener("htmx:afterSettle", () => palette.querySelector(".hit.on:not([hidden])") ?? point(hits()[0]))
  palette.addEventListener("keydown", (event) => {
    const all = hits()
    const at = all.findIndex((hit) => hit.classList.contains("on"))
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      point(all.at((at + (event.key === "ArrowDown" ? 1 : -1)) % all.length))
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault()
      all[at].click()
    }
  })
  palette.addEventListener("click", (event) => {
    const command = event.target.closest("[data-command]")
    if (!command) return
    palette.close()
    if (command.dataset.command === "go") return
    event.preventDefault()
    document.dispatchEvent(new CustomEvent("desk:command", { detail: command.dataset.command }))
  })
}

export function start() {
  if (!palette) return
  open("palette")
  filter()
}

// The picker of approved templates: fetched when it is opened, filled in with a preview.
import { ask } from "./asking.js"
import { apply } from "./patches.js"

const box = () => document.getElementById("templates")

async function pick(road) {
  const chosen = road || (document.querySelector("#composer [name=road]:checked")?.value ?? "")
  const answer = await ask(`${box().dataset.from}?road=${encodeURIComponent(chosen)}`)
  if (!answer.ok) return
  apply(await answer.text())
  box().showModal()
}

function take(road) {
  const choice = [...document.querySelectorAll("#composer [name=road]")].find((one) => one.value === road)
  choice?.click()
  document.getElementById("words").focus()
}

document.addEventListener("click", (event) => {
  const picker = event.target.closest("[data-templates]")
  if (picker) pick(picker.dataset.templates)
  const other = event.target.closest("[data-take]")
  if (other) take(other.dataset.take)
})

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-sheet]")
  if (!form) return
  const reading = form.querySelector("[data-reading]")
  let text = reading.dataset.reading
  for (const blank of form.querySelectorAll("[data-blank]")) {
    const name = blank.dataset.blank.split(".")[1]
    if (blank.value) text = text.replace(new RegExp(`\\{\\{\\s*${name}\\s*\\}\\}`, "g"), () => blank.value)
  }
  reading.textContent = text
})

document.addEventListener("desk:accepted", ({ detail }) => {
  if ("sheet" in detail.form.dataset) box().close()
})

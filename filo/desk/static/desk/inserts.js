// What is added to an answer: a list, a small form, and how it will arrive, drawn as one types.
import { ask, post, say } from "./asking.js"
import { apply } from "./patches.js"
import { words } from "./words.js"

const PAUSE = 250
const box = () => document.getElementById("inserts")
const form = () => document.getElementById("insert")
const road = () => document.querySelector("#composer [name=road]:checked")?.value ?? ""
let timer = 0
let asked = 0

export async function choose() {
  if (!box() || document.getElementById("as-note")?.checked) return
  const answer = await ask(`${box().dataset.from}?road=${encodeURIComponent(road())}`)
  apply(await answer.text())
  if (answer.ok && !box().open) box().showModal()
  box().querySelector(".insert-kind:not(:disabled)")?.focus()
}

async function fill(fields) {
  fields.set("step", "open")
  fields.set("road", road())
  const answer = await post(box().dataset.from, fields)
  apply(await answer.text())
  if (!answer.ok) return
  if (!box().open) box().showModal()
  form().querySelector("fieldset .input")?.focus()
  look()
}

// Only the newest look is drawn: an answer that was overtaken is left.
async function look() {
  if (!form()) return
  const mine = ++asked
  const fields = new FormData(form())
  fields.set("step", "look")
  try {
    const answer = await post(form().action, fields)
    const drawn = await answer.text()
    if (mine !== asked || !form()) return
    apply(drawn)
    document.getElementById("arrives")?.removeAttribute("aria-busy")
  } catch { /* the wire says so already */ }
}

function lookSoon() {
  clearTimeout(timer)
  timer = setTimeout(look, PAUSE)
}

async function upload(input) {
  const file = input.files[0]
  const kept = input.nextElementSibling
  kept.value = ""
  if (!file) return lookSoon()
  const body = new FormData()
  body.set("file", file, file.name)
  try {
    const answer = await post(document.getElementById("composer").dataset.files, body)
    const chip = new DOMParser().parseFromString(await answer.text(), "text/html")
    kept.value = chip.querySelector("[name=attachment]")?.value ?? ""
    if (!kept.value) say(chip.body.textContent.trim() || words("failed"), { bad: true })
  } catch { say(words("failed"), { bad: true }) }
  lookSoon()
}

function unfold(button) {
  const next = form().querySelector("fieldset[hidden]")
  next.hidden = false
  button.hidden = !form().querySelector("fieldset[hidden]")
  next.querySelector(".input").focus()
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-inserts]")) return choose()
  const kind = target.closest("[data-insert-kind]")
  if (kind) return fill(new URLSearchParams({ kind: kind.dataset.insertKind }))
  const again = target.closest("[data-insert-again]")
  if (again) return fill(new URLSearchParams(again.parentElement.querySelector("[name=insert]").value))
  const more = target.closest("[data-unfold]")
  if (more) unfold(more)
})

document.addEventListener("input", ({ target }) => { if (target.form?.id === "insert" && target.type !== "file") lookSoon() })
document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-insert-file]")) upload(target)
})

document.addEventListener("keydown", (event) => {
  if (event.target.form?.id === "insert" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault()
    form().requestSubmit()
  }
  const here = event.target.closest?.(".insert-kind")
  if (!here || !["ArrowDown", "ArrowUp"].includes(event.key)) return
  const all = [...box().querySelectorAll(".insert-kind:not(:disabled)")]
  all.at((all.indexOf(here) + (event.key === "ArrowDown" ? 1 : -1)) % all.length).focus()
  event.preventDefault()
})

document.addEventListener("desk:accepted", ({ detail }) => {
  if (detail.form.id !== "insert") return
  box().close()
  document.getElementById("words").focus()
})

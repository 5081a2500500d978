// The composer: drafts, fitting notes, files, emoji, and Enter as this person likes it.
import { ask, post, say } from "./asking.js"
import { apply } from "./patches.js"
import { words } from "./words.js"

const IDLE = 800
const form = () => document.getElementById("composer")
const field = () => document.getElementById("words")
const isNote = () => document.getElementById("as-note")?.checked
let idle = 0

// --- drafts: here at once, on the server after 800 ms of rest --------------------------------------

const key = () => `filo-draft:${form()?.dataset.draft}`

function typed() {
  try { localStorage.setItem(key(), JSON.stringify({ text: field().value, note: isNote(), at: Date.now() })) } catch { /* full or refused */ }
  clearTimeout(idle)
  idle = setTimeout(rest, IDLE)
}

async function rest() {
  const box = form()
  if (!box) return
  const draft = new FormData()
  draft.set("text", field().value)
  draft.set("as", isNote() ? "note" : "reply")
  const state = document.getElementById("draft-state")
  try {
    const kept = await post(box.dataset.draft, draft)
    if (kept.ok) localStorage.removeItem(key())
    state.textContent = kept.ok && field().value.trim() ? words("saved") : ""
  } catch {
    state.textContent = words("unsaved")
  }
  fit()
}

async function fit() {
  const box = form()
  const list = document.getElementById("fits")
  if (!box || isNote() || !box.querySelector("[name=road]:checked")) return
  try {
    const answer = await post(box.dataset.fit, new FormData(box))
    list.innerHTML = answer.ok && answer.status !== 204 ? await answer.text() : ""
  } catch { list.replaceChildren() }
}

function restore() {
  let kept = null
  try { kept = JSON.parse(localStorage.getItem(key())) } catch { return }
  if (!kept?.text || field().value.trim()) return
  field().value = kept.text
  if (kept.note) document.getElementById("as-note").checked = true
}

// --- files: by button, paste and drop ------------------------------------------------------------------

function chip(name) {
  const item = document.createElement("li")
  item.dataset.uploading = "1"
  const text = Object.assign(document.createElement("span"), { className: "cut", textContent: name })
  const bar = document.createElement("progress")
  bar.max = 1
  bar.setAttribute("aria-label", `${name}: ${words("uploading")}`)
  item.append(text, bar)
  document.getElementById("files").append(item)
  return item
}

function upload(file) {
  const item = chip(file.name)
  const body = new FormData()
  body.set("file", file, file.name)
  const road = new XMLHttpRequest()
  road.open("POST", form().dataset.files)
  road.setRequestHeader("X-CSRFToken", document.querySelector("[name=csrfmiddlewaretoken]").value)
  road.upload.onprogress = (event) => { item.querySelector("progress").value = event.loaded / event.total }
  road.onload = () => {
    if (road.status === 200 || road.status === 422) { item.outerHTML = road.responseText; fit() }
    else { item.remove(); say(words("failed"), { bad: true }) }
  }
  road.onerror = () => { item.remove(); say(words("failed"), { bad: true }) }
  road.send(body)
}

export function uploadAll(files) {
  if (isNote()) return
  for (const file of files) upload(file)
}

// --- writing ----------------------------------------------------------------------------------------------

function insert(text) {
  const box = field()
  box.setRangeText(text, box.selectionStart, box.selectionEnd, "end")
  box.focus()
  typed()
}

function send({ solve = false } = {}) {
  if (document.querySelector("#files [data-uploading]")) return say(words("wait"))
  const button = [...form().querySelectorAll("[data-send]")].find((one) => one.checkVisibility?.() ?? one.offsetParent)
  if (!button || button.disabled) return
  if (solve && !isNote()) {
    form().append(Object.assign(document.createElement("input"), { type: "hidden", name: "then", value: "solve" }))
  }
  form().requestSubmit(button)
}

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "words" || event.key !== "Enter" || event.isComposing) return
  const chord = event.ctrlKey || event.metaKey
  const enter = form().dataset.enter === "send" && !event.shiftKey
  if (!chord && !enter) return
  event.preventDefault()
  send({ solve: chord && event.shiftKey })
})

document.addEventListener("input", (event) => { if (event.target.id === "words") typed() })

document.addEventListener("change", (event) => {
  if (event.target.name === "as" && event.target.form?.id === "composer") { tab(); typed() }
  if (event.target.name === "road") { via(event.target); fit() }
  if (event.target.id === "file-input") { uploadAll(event.target.files); event.target.value = "" }
})

function tab() {
  const box = field()
  box.dataset.reply ??= box.placeholder
  box.placeholder = isNote() ? box.dataset.note : box.dataset.reply
}

function via(choice) {
  const item = choice.closest(".item")
  const shown = document.querySelector("#via .via-in")
  const left = item.querySelector(".end .left")?.cloneNode(true) ?? ""
  const mark = item.querySelector(".mark").cloneNode(true)
  mark.classList.add("s")
  const name = Object.assign(document.createElement("span"), { className: "cut", textContent: item.querySelector(".grow").firstChild.textContent })
  shown.replaceChildren(mark, name, left)
  choice.closest("details").open = false
}

document.addEventListener("click", (event) => {
  const sign = event.target.closest("[data-emoji]")
  if (sign) insert(sign.dataset.emoji)
  const openly = event.target.closest("[data-answer-openly]")
  if (openly) answerOpenly(openly.dataset.answerOpenly)
  const gone = event.target.closest("[data-remove]")
  if (gone) { gone.closest("li").remove(); fit() }
  if (event.target.closest("[data-note-to]")) { document.getElementById("as-note").click(); field().focus() }
  if (event.target.closest("[data-edit]")) { document.getElementById("conflict-box").replaceChildren(); field().focus() }
})

// One comment of several: the answer goes below that one.
function answerOpenly(message) {
  const road = form()?.querySelector("[name=road][data-public]:not(:disabled)")
  if (!road) return
  document.getElementById("as-reply").checked = true
  document.getElementById("about").value = message
  road.checked = true
  road.dispatchEvent(new Event("change", { bubbles: true }))
  field().focus()
}

document.addEventListener("paste", (event) => {
  if (event.target.id !== "words" || !event.clipboardData.files.length) return
  event.preventDefault()
  uploadAll(event.clipboardData.files)
})

const over = (event) => event.target.closest?.(".thread") && event.dataTransfer?.types.includes("Files")
document.addEventListener("dragover", (event) => { if (over(event)) { event.preventDefault(); form()?.classList.add("dropping") } })
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) form()?.classList.remove("dropping") })
document.addEventListener("drop", (event) => {
  form()?.classList.remove("dropping")
  if (!over(event)) return
  event.preventDefault()
  uploadAll(event.dataTransfer.files)
})

// A window closed, or the customer opened one: which roads are open is the server's to say.
let asked = 0
async function roads() {
  const menu = document.getElementById("roads")
  if (!menu || Date.now() - asked < 1000) return
  asked = Date.now()
  const chosen = form().querySelector("[name=road]:checked")?.value ?? ""
  const answer = await ask(`${menu.dataset.roads}?road=${encodeURIComponent(chosen)}`)
  if (answer.ok) apply(await answer.text())
}
document.addEventListener("desk:over", () => setTimeout(roads, 300))
document.addEventListener("filo:patched", (event) => { if (event.target.matches?.("li.ev.in")) roads() })

// The answer took the words: what was kept here of them goes, and the field is ready again.
document.addEventListener("desk:accepted", ({ detail }) => {
  clearTimeout(idle)
  idle = 0
  if (detail.form.id === "composer") try { localStorage.removeItem(key()) } catch { /* refused */ }
})

document.addEventListener("desk:answered", ({ detail }) => {
  if (detail.form.id === "insert") fit()
  if (detail.form.id !== "composer" || !detail.status || detail.status >= 300) return
  field()?.focus()
  tab()
})

function enter() {
  if (!field() || field().dataset.ready) return
  field().dataset.ready = "1"
  restore()
  tab()
}

enter()
document.addEventListener("htmx:afterSettle", enter)
document.addEventListener("desk:patched", enter)
document.addEventListener("htmx:beforeRequest", (event) => { if (event.detail.target?.id === "open" && idle) { clearTimeout(idle); rest() } })
addEventListener("pagehide", () => { if (idle && field()?.value) navigator.sendBeacon?.(form().dataset.draft, beacon()) })

function beacon() {
  const draft = new FormData()
  draft.set("text", field().value)
  draft.set("as", isNote() ? "note" : "reply")
  draft.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value)
  return draft
}

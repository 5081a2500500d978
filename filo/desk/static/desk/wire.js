// The line to the server: what the log tells, whether it reaches us, and what to do when it cannot.
import { addLines, catchUp, openCase, openCustomer } from "./thread.js"
import { changed, refreshAll } from "./rows.js"
import { words } from "./words.js"

const PATIENCE = 10_000
const POLL = 8_000
const LOUD = new Set(["message_received", "case_opened"])
const SAID = { live: "live", polling: "poll", reconnecting: "again", offline: "off", gone: "gone" }
const WHO = new Set(["customer_changed", "identity_moved", "channel_changed"]) // changes of more than one row
let state = ""
let away = 0
let polling = 0

document.addEventListener("filo:fact", ({ detail: told }) => {
  if (told.case) changed(told.case, { loud: LOUD.has(told.type) })
  if (told.type === "case_changed" && told.case === openCase()) drawHead()
  if (WHO.has(told.type) && (!told.customer || told.customer === openCustomer())) drawHead()
  if (WHO.has(told.type)) refreshAll()
  if (told.type === "customer_changed" && told.customer === openCustomer()) catchUp() // public words bear a name
  if (told.type === "message_received") typedNoMore(told.customer)
  if (LOUD.has(told.type) && document.hidden) missed(1)
})

// What came while nobody looked stands before the title of the tab, and as a dot on the rail.
let unseen = 0
function missed(more) {
  unseen = more ? unseen + more : 0
  document.title = (unseen ? `(${unseen}) ` : "") + document.title.replace(/^\(\d+\) /, "")
  const dot = document.getElementById("rail-dot")
  if (dot) dot.hidden = unseen === 0
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) missed(0) })

function typedNoMore(customer) {
  document.dispatchEvent(new CustomEvent("filo:hint", { detail: { type: "typed", customer, on: false } }))
}

// Somebody changed the open case: its head is drawn again, unless a menu of it is open.
let drawing = 0
function drawHead() {
  clearTimeout(drawing)
  drawing = setTimeout(async () => {
    const headers = { "HX-Request": "true", "HX-Target": "open" }
    const page = await fetch(location.href, { credentials: "same-origin", headers }).catch(() => null)
    if (page?.status === 404) return location.assign("/desk/") // it went to a team that is not ours
    if (!page?.ok) return
    const there = new DOMParser().parseFromString(await page.text(), "text/html")
    swap("head", there)
    swap("side", there)
    addLines(there)
  }, 500)
}

function swap(id, there) {
  const here = document.getElementById(id)
  const fresh = there.getElementById(id)
  if (!here || !fresh || here.querySelector("details[open]") || here.contains(document.activeElement)) return
  here.replaceWith(fresh)
  window.htmx?.process(fresh)
  document.dispatchEvent(new CustomEvent("desk:patched"))
}

function say() {
  const wire = document.getElementById("wire")
  if (wire) wire.textContent = words(SAID[state] ?? "again")
  document.getElementById("offline").hidden = state !== "offline" && navigator.onLine
}

// The stream heals and falls back by itself; only when nothing comes at all does the page ask.
document.addEventListener("filo:state", ({ detail }) => {
  state = detail
  say()
  clearTimeout(away)
  clearInterval(polling)
  if (state === "gone") return location.reload()
  if (state !== "live" && state !== "polling") away = setTimeout(ask, PATIENCE)
})

function ask() {
  clearInterval(polling)
  polling = setInterval(() => {
    if (!navigator.onLine) return
    catchUp()
    refreshAll()
  }, POLL)
}

addEventListener("offline", () => { state = "offline"; say() })
addEventListener("online", say)
away = setTimeout(ask, PATIENCE)

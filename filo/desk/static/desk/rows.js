// The list: which row is open, rows that changed, and nothing that moves under the pointer.
import { apply, leave } from "./patches.js"
import { ask } from "./asking.js"
import { words } from "./words.js"

const list = document.querySelector(".list")
const waiting = new Map()
const held = new Map()
let asking = 0
let told = 0

function mark() {
  for (const row of document.querySelectorAll("#rows .row")) {
    const open = new URL(row.href).pathname === location.pathname.replace(/customer$/, "")
    if (open) row.setAttribute("aria-current", "true")
    else row.removeAttribute("aria-current")
    if (open) { row.classList.remove("un"); row.querySelector(".badge")?.remove() }
  }
}

// --- asking for rows: at most once a second, all that changed at once ---------------------------

export function changed(id, { loud = false } = {}) {
  if (!id || !list) return
  waiting.set(id, loud || waiting.get(id))
  asking ||= setTimeout(fetchRows, Math.max(0, 1000 - (Date.now() - last)))
}

let last = 0
async function fetchRows() {
  asking = 0
  last = Date.now()
  const ids = [...waiting.keys()]
  const loud = [...waiting.values()].filter(Boolean).length
  waiting.clear()
  const query = new URLSearchParams(location.search)
  query.set("ids", ids.slice(0, 50).join(","))
  for (const id of ids.slice(50)) changed(id)
  try {
    const answer = await ask(`/desk/rows?${query}`)
    if (answer.ok) apply(await answer.text())
    if (loud) announce(loud)
  } catch {
    for (const id of ids) waiting.set(id, false)
  }
}

// Said at most every ten seconds, so that nobody's screen reader is drowned.
function announce(count) {
  if (Date.now() - told < 10_000) return
  told = Date.now()
  document.getElementById("news").textContent = `${count} ${words("new")}`
}

// --- placing a row ------------------------------------------------------------------------------

const busyList = () => {
  const rows = document.getElementById("rows")
  return rows.childElementCount > 0 && (rows.matches(":hover") || document.getElementById("list-scroll").scrollTop > 40)
}

function place(fresh) {
  const old = document.getElementById(fresh.id)
  if (old) {
    const focused = old.contains(document.activeElement)
    old.replaceWith(fresh)
    if (focused) fresh.querySelector("a")?.focus()
  } else if (busyList()) {
    held.set(fresh.id, fresh)
    return offer()
  }
  put(fresh, { still: Boolean(old) && busyList() })
}

function put(fresh, { still }) {
  window.htmx?.process(fresh)
  document.getElementById("empty-list")?.remove()
  if (!still) {
    const rows = document.getElementById("rows")
    const before = [...rows.children].find((row) => row !== fresh && row.dataset.case && sooner(fresh, row))
    const anchor = before ?? document.getElementById("more-rows")
    if (anchor !== fresh.nextElementSibling || !fresh.isConnected) move(rows, fresh, anchor)
  }
  mark()
}

function move(rows, fresh, before) {
  if (fresh.isConnected && rows.moveBefore) rows.moveBefore(fresh, before)
  else rows.insertBefore(fresh, before)
}

function sooner(one, other) {
  const sort = new URLSearchParams(location.search).get("sort") ?? "due"
  const at = (row) => Date.parse(row.querySelector(".at")?.dateTime ?? 0)
  if (sort === "newest") return at(one) > at(other)
  if (sort === "oldest") return at(one) < at(other)
  const due = (row) => Date.parse(row.dataset.due || "9999-12-31")
  return due(one) < due(other)
}

function offer() {
  const button = document.getElementById("fresh")
  button.hidden = held.size === 0
  button.querySelector("span").textContent = `${held.size} ${words("new")}`
}

function release() {
  for (const row of held.values()) if (!document.getElementById(row.id)) put(row, { still: false })
  held.clear()
  offer()
}

if (list) {
  mark()
  document.addEventListener("desk:row", ({ detail }) => place(detail))
  document.addEventListener("htmx:pushedIntoHistory", mark)
  document.addEventListener("htmx:afterSettle", mark)
  document.getElementById("fresh").addEventListener("click", () => {
    document.getElementById("list-scroll").scrollTop = 0
    release()
  })
  document.getElementById("rows").addEventListener("mouseleave", () => { if (!busyList()) release() })
  document.addEventListener("desk:answered", ({ detail }) => {
    const open = document.querySelector(".thread[data-case]")?.dataset.case
    if (open && detail.status && detail.status < 400) changed(open)
  })
}

// While the stream is away the whole list is asked for now and then.
export async function refreshAll() {
  if (!list) return
  const shown = [...document.querySelectorAll("#rows > [data-case]")].map((row) => row.dataset.case)
  try {
    const page = await (await fetch(location.href, { credentials: "same-origin" })).text()
    const there = new DOMParser().parseFromString(page, "text/html")
    const fresh = [...there.querySelectorAll("#rows > [data-case]")]
    const ids = new Set(fresh.map((row) => row.dataset.case))
    for (const id of shown) if (!ids.has(id)) { const row = document.getElementById(`row-${id}`); if (row) leave(row) }
    for (const row of fresh) place(document.importNode(row, true))
    document.getElementById("views").replaceChildren(...there.getElementById("views").children)
  } catch { /* the wire says so already */ }
}

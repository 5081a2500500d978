// The open thread: day marks and runs for what arrives later, scroll that stays, what is read.
import { apply } from "./patches.js"
import { ask, post } from "./asking.js"
import { refresh } from "./times.js"
import { language, words } from "./words.js"

const RUN = 5 * 60_000
const BOTTOM = 80
const dayName = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" })
let follow = true
let watched = null

const thread = () => document.querySelector(".thread[data-case]")
const box = () => document.getElementById("flow-scroll")
const flow = () => document.getElementById("flow")
const atBottom = () => { const b = box(); return !b || b.scrollHeight - b.scrollTop - b.clientHeight < BOTTOM }
export const openCustomer = () => document.getElementById("flow")?.dataset.thread ?? ""
export const openCase = () => thread()?.dataset.case ?? ""

export function toNewest() {
  const b = box()
  if (b) b.scrollTop = b.scrollHeight
  const jump = document.getElementById("to-newest")
  if (jump) jump.hidden = true
}

function localDay(bubble) {
  const at = new Date(bubble.dataset.at)
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`
}

function above(bubble) {
  let one = bubble.previousElementSibling
  while (one && !one.dataset.at && !one.classList.contains("day")) one = one.previousElementSibling
  return one
}

function dayMark(bubble) {
  const days = [...flow().querySelectorAll(".day")].filter((day) => day.compareDocumentPosition(bubble) & Node.DOCUMENT_POSITION_FOLLOWING)
  if (days.at(-1)?.dataset.day === localDay(bubble)) return
  const mark = document.createElement("li")
  mark.className = "day"
  mark.dataset.day = localDay(bubble)
  const today = localDay({ dataset: { at: new Date().toISOString() } }) === mark.dataset.day
  mark.textContent = today ? words("today") : dayName.format(new Date(bubble.dataset.at))
  bubble.before(mark)
}

// What the server drew alone finds its place: under its day, joined to the one above, its quote filled.
function settle(bubble) {
  if (graft(bubble)) return
  pass(bubble)
  if (!bubble.nextElementSibling) dayMark(bubble)
  const last = above(bubble)
  const joined = last?.dataset.run === bubble.dataset.run && Date.parse(bubble.dataset.at) - Date.parse(last.dataset.at) < RUN
  bubble.classList.toggle("again", Boolean(joined && bubble.dataset.run))
  quote(bubble)
  own(bubble)
  refresh(bubble)
}

// Public words find their tree, below what they answer. In it nothing else moves.
function graft(bubble) {
  const branches = document.querySelector(`.branches[data-post="${bubble.dataset.post || "none"}"]`)
  if (!branches) return false
  if (bubble.parentNode !== branches) {
    const above = document.getElementById(bubble.dataset.above)
    const depth = (one) => Number(/\bd(\d)/.exec(one?.className)?.[1] ?? -1)
    const deep = Math.min(depth(above) + 1, 3)
    bubble.className = bubble.className.replace(/\bd\d\b/, `d${deep}`)
    let last = above
    while (last?.nextElementSibling && depth(last.nextElementSibling) > depth(above)) last = last.nextElementSibling
    if (last?.parentNode === branches) last.after(bubble)
    else branches.append(bubble)
  }
  own(bubble)
  refresh(bubble)
  return true
}

// Messages are put in the order of their ids; what happened between them goes by its time.
function pass(one) {
  let next = one.nextElementSibling
  while (next?.matches(".line") && Date.parse(next.dataset.at) <= Date.parse(one.dataset.at)) next = next.nextElementSibling
  if (next !== one.nextElementSibling) one.parentNode.insertBefore(one, next)
}

// What happened to the case since the page was drawn.
export function addLines(there) {
  for (const line of there.querySelectorAll("#flow .line")) {
    if (!flow() || document.getElementById(line.id)) continue
    const earlier = [...flow().querySelectorAll("[data-at]")].filter((one) => Date.parse(one.dataset.at) <= Date.parse(line.dataset.at))
    if (!earlier.length) continue
    earlier.at(-1).after(line)
    refresh(line)
    if (follow) toNewest()
  }
}

// Only who wrote it takes it back.
function own(root) {
  for (const button of root.querySelectorAll("[data-by]")) button.hidden = button.dataset.by !== document.body.dataset.me
}

function quote(root) {
  for (const link of root.querySelectorAll("[data-answers]")) {
    const said = document.getElementById(link.dataset.answers)?.querySelector(".bub, .big-emoji, .file b")
    if (said) link.querySelector("span").textContent = said.textContent.trim().slice(0, 140)
  }
}

function arrived(records) {
  const news = records.flatMap((record) => [...record.addedNodes]).filter((node) => node.nodeType === 1 && node.matches(".ev"))
  if (!news.length) return
  for (const bubble of news) if (bubble.dataset.run !== undefined) settle(bubble)
  const mine = news.some((bubble) => bubble.matches(".out, .note") && !bubble.nextElementSibling)
  if (follow || mine) toNewest()
  else if (news.some((bubble) => !bubble.nextElementSibling)) document.getElementById("to-newest").hidden = false
  seenSoon()
}

// --- seen: the newest words count as seen when they are in front of open eyes -----------------

let timer = 0
function seenSoon() {
  clearTimeout(timer)
  timer = setTimeout(seen, 600)
}

function seen() {
  if (document.visibilityState !== "visible" || !atBottom() || !flow()) return
  const newest = [...flow().querySelectorAll(".ev[data-run]:not(.elsewhere)")].reduce((last, one) => (last && last.id > one.id ? last : one), null)
  const field = document.getElementById("last-seen")
  if (!newest || !field || newest.id <= field.value) return
  field.value = newest.id
  if (newest.matches(".in")) post(address("reading"))
}

const address = (what) => `/desk/cases/${openCase()}/${what}`

// --- what the stream could not bring -----------------------------------------------------------

export async function catchUp() {
  const id = openCase()
  if (!id) return
  try {
    const answer = await ask(address("newest"))
    if (answer.ok && id === openCase()) apply(unchanged(await answer.text()))
  } catch { /* the wire says so already */ }
}

// A bubble that is there and the same stays: menus and focus in it are not disturbed.
const drawn = new Map()
function unchanged(html) {
  return html.split(/(?=<template data-to=)/).filter((patch) => {
    const id = /id="(msg_\w+)"/.exec(patch)?.[1]
    const same = id && drawn.get(id) === patch && document.getElementById(id)
    if (id) drawn.set(id, patch)
    return !same
  }).join("")
}

function enter() {
  const list = flow()
  if (!list || list === watched) return
  watched = list
  drawn.clear()
  new MutationObserver(arrived).observe(list, { childList: true })
  list.addEventListener("filo:patched", ({ target }) => { if (target.dataset.run !== undefined) settle(target) })
  box().addEventListener("scroll", () => {
    follow = atBottom()
    if (follow) { document.getElementById("to-newest").hidden = true; seenSoon() }
  }, { passive: true })
  new ResizeObserver(() => { if (follow) toNewest() }).observe(box())
  quote(list)
  own(list)
  const found = location.hash.startsWith("#msg_") && document.getElementById(location.hash.slice(1))
  const mark = document.getElementById("new-mark")
  if (found) { found.classList.add("found"); found.scrollIntoView({ block: "center" }) }
  else if (mark && mark.offsetTop < box().scrollHeight - box().clientHeight) box().scrollTop = mark.offsetTop - 40
  else toNewest()
  follow = atBottom()
  seenSoon()
}

enter()
document.addEventListener("htmx:afterSettle", enter)
document.addEventListener("visibilitychange", seenSoon)
document.addEventListener("click", (event) => { if (event.target.closest("#to-newest")) toNewest() })

function oneMarkADay() {
  let last = ""
  for (const day of flow().querySelectorAll(".day")) {
    if (day.dataset.day === last) day.remove()
    last = day.dataset.day
  }
}

// Older messages grow upwards: what is being read stays where it is.
let height = 0
document.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.target?.id === "older") height = box().scrollHeight })
document.addEventListener("htmx:afterSwap", () => { if (height) oneMarkADay() })
document.addEventListener("htmx:afterSwap", () => { if (height) { box().scrollTop += box().scrollHeight - height; height = 0 } })

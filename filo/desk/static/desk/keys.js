// The keyboard. Letters by what they mean (event.key), outside fields only, and off by a wish.
import { open, turn } from "./overlays.js"
import { start } from "./palette.js"

const letters = document.body.dataset.letters !== "off"
const queue = document.querySelector(".rail .logo")?.getAttribute("href") ?? "/desk/"
const places = { m: queue, t: `${queue}?view=take`, a: `${queue}?view=all`, s: `${queue}search`, n: `${queue}?view=mentions` }
let going = 0

function typing(target) {
  return target.matches?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]")
}

function rows() {
  return [...document.querySelectorAll("#rows .row")]
}

function here() {
  const all = rows()
  const focused = all.indexOf(document.activeElement)
  return focused >= 0 ? focused : all.findIndex((row) => row.hasAttribute("aria-current"))
}

export function go(step, { follow = true } = {}) {
  const all = rows()
  const row = all[Math.max(0, Math.min(all.length - 1, here() + step))]
  if (!row) return
  row.focus()
  if (follow && document.querySelector(".thread[data-open]")) row.click()
}

function press(key) {
  const thing = document.querySelector(`.thread [data-key="${key}"]`)
  if (thing?.matches("details")) {
    thing.open = true
    thing.querySelector(".item")?.focus()
  } else thing?.click()
  return Boolean(thing)
}

function write(kind) {
  const tab = document.getElementById(`as-${kind}`)
  if (!tab) return
  tab.checked = true
  tab.dispatchEvent(new Event("change", { bubbles: true }))
  document.getElementById("words")?.focus()
}

const commands = {
  reply: () => write("reply"),
  note: () => write("note"),
  take: () => press("t"),
  assign: () => press("a"),
  snooze: () => press("z"),
  solve: () => press("e"),
  help: () => open("help"),
  insert: () => press("i"),
  theme: turn,
}

const single = {
  j: () => go(1),
  k: () => go(-1),
  r: commands.reply,
  n: commands.note,
  t: commands.take,
  a: commands.assign,
  z: commands.snooze,
  e: commands.solve,
  i: commands.insert,
  E: () => { if (press("e")) document.addEventListener("desk:answered", () => go(1), { once: true }) },
  "?": commands.help,
  "/": start,
  ".": () => document.querySelector(".to-person")?.checkVisibility?.() ? document.querySelector(".to-person").click() : document.getElementById("side")?.querySelector("a")?.focus(),
}

function chord(event) {
  const key = event.key.toLowerCase()
  if (key === "k") { start(); return true }
  if (key === "i" && !event.shiftKey && !document.querySelector("dialog[open]")) return press("i")
  if (key === "z" && !typing(event.target)) {
    const undo = document.querySelector("#toasts [data-undo]")
    undo?.click()
    return Boolean(undo)
  }
  if (key === "a" && event.shiftKey) {
    document.getElementById("file-input")?.click()
    return true
  }
  return false
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey) return
  if (event.ctrlKey || event.metaKey) {
    if (chord(event)) event.preventDefault()
    return
  }
  if (event.key === "Escape" && typing(event.target) && event.target.id === "words") event.target.blur()
  if (!letters || typing(event.target) || document.querySelector("dialog[open]")) return
  if (going && Date.now() - going < 1500 && places[event.key]) {
    location.href = places[event.key]
    return
  }
  going = event.key === "g" ? Date.now() : 0
  const command = single[event.key]
  if (!command || going) return
  event.preventDefault()
  command()
})

document.addEventListener("desk:command", ({ detail }) => commands[detail]?.())

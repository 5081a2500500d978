// Dialogs, menus, toasts: opened, closed, and gone by themselves.
import { post } from "./asking.js"

export function open(name) {
  const dialog = document.getElementById(name)
  if (!dialog || dialog.open) return
  dialog.showModal()
  const field = dialog.querySelector("input[type=search]")
  if (field) { field.select(); field.focus() }
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]")
  if (opener && document.getElementById(opener.dataset.open)) {
    event.preventDefault()
    open(opener.dataset.open)
  }
  if (event.target.closest("[data-close]") || event.target.nodeName === "DIALOG") event.target.closest("dialog")?.close()
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false
  }
})

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]")
  if (!menu) return
  if (event.key === "Escape") {
    menu.open = false
    menu.querySelector("summary").focus()
    event.stopPropagation()
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const items = [...menu.querySelectorAll(".item:not(.off), .emoji button")].map((item) => item.querySelector("input") ?? item)
    if (document.activeElement?.type === "radio" || !items.length) return
    const step = event.key === "ArrowDown" ? 1 : -1
    items.at((items.indexOf(document.activeElement) + step) % items.length)?.focus()
    event.preventDefault()
  }
})

// --- toasts: each leaves after its seconds, not while it is pointed at or focused ------------

function watch(toast) {
  if (toast.dataset.leaves) return
  toast.dataset.leaves = Date.now() + 1000 * Number(toast.dataset.for || 6)
}

function sweep() {
  for (const toast of document.querySelectorAll("#toasts .toast")) {
    watch(toast)
    if (Date.now() > Number(toast.dataset.leaves) && !toast.matches(":hover, :focus-within")) toast.remove()
  }
}

setInterval(sweep, 500)

document.addEventListener("desk:answered", ({ detail }) => detail.submitter?.closest(".toast")?.remove())

// --- light and dark: at once here, kept by the server -----------------------------------------

export function turn() {
  const root = document.documentElement
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches
  root.dataset.theme = dark ? "light" : "dark"
  const form = document.querySelector("[data-theme-turn]")?.form
  const body = new FormData()
  body.set("theme", root.dataset.theme)
  if (form) post(form.action, body)
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-turn]")) return
  event.preventDefault()
  turn()
})

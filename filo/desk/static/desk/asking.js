// Every way up to the server: forms and their buttons become fetches whose answers are patches.
import { apply } from "./patches.js"
import { words } from "./words.js"

export function token() {
  return document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? ""
}

export async function ask(address, options = {}) {
  const headers = { "Filo-Patches": "1", "X-CSRFToken": token(), ...options.headers }
  const answer = await fetch(address, { credentials: "same-origin", ...options, headers })
  if (answer.redirected && new URL(answer.url).pathname.startsWith("/account/")) location.reload()
  return answer
}

export async function post(address, body) {
  return ask(address, { method: "POST", body })
}

export function say(text, { bad = false, seconds = 6 } = {}) {
  const toast = document.createElement("div")
  toast.className = bad ? "toast bad" : "toast"
  toast.dataset.for = seconds
  toast.append(Object.assign(document.createElement("span"), { textContent: text }))
  document.getElementById("toasts").append(toast)
}

let busy = new WeakSet()

export async function submit(form, submitter) {
  if (busy.has(form)) return
  const address = submitter?.getAttribute("formaction") || form.getAttribute("action") || location.href
  const body = new FormData(form, submitter ?? undefined)
  busy.add(form)
  submitter?.setAttribute("aria-busy", "true")
  try {
    const answer = await post(address, body)
    const text = await answer.text()
    if (answer.ok) document.dispatchEvent(new CustomEvent("desk:accepted", { detail: { form } }))
    if (answer.headers.has("Filo-Patches")) apply(text)
    else if (!answer.ok) say(words("failed"), { bad: true })
    document.dispatchEvent(new CustomEvent("desk:answered", { detail: { form, submitter, status: answer.status } }))
  } catch {
    say(words("failed"), { bad: true })
    document.dispatchEvent(new CustomEvent("desk:answered", { detail: { form, submitter, status: 0 } }))
  } finally {
    busy.delete(form)
    submitter?.removeAttribute("aria-busy")
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target
  if (!("patch" in form.dataset) || event.defaultPrevented) return
  event.preventDefault()
  event.submitter?.closest("details.menu")?.removeAttribute("open")
  submit(form, event.submitter)
})

// One clock for the page: every <time data-as> is said in the reader's own zone and kept fresh.
import { language, words } from "./words.js"

const MINUTE = 60_000
const COUNTED = 600
const forms = {
  clock: new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }),
  date: new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" }),
  when: new Intl.DateTimeFormat(language, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
}

document.cookie = `filo_zone=${Intl.DateTimeFormat().resolvedOptions().timeZone};path=/;max-age=31536000;samesite=lax`

export function span(minutes) {
  if (minutes < 60) return `${minutes} ${words("min")}`
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  if (minutes < 1440) return `${hours} ${words("h")}${rest && hours < 10 ? ` ${String(rest).padStart(2, "0")}` : ""}`
  return `${Math.floor(minutes / 1440)} ${words("d")}`
}

function said(time, now) {
  const at = Date.parse(time.dateTime)
  const kind = time.dataset.as
  if (kind in forms) return forms[kind].format(at)
  if (kind === "ago") {
    const minutes = Math.floor((now - at) / MINUTE)
    return minutes < 1 ? words("now") : span(minutes)
  }
  if (kind === "left") return remaining(time, at - now)
  const left = Math.floor((at - now) / MINUTE)
  const pill = time.closest(".pill")
  pill?.classList.toggle("danger", left < 0)
  pill?.classList.toggle("warn", left >= 0 && left <= 15)
  return left < 0 ? `${words("late")} ${span(-left)}` : span(left)
}

// A window that closes: by the second in its last ten minutes; when it is shut, the page is told.
function remaining(time, left) {
  const seconds = Math.floor(left / 1000)
  time.closest(".left")?.classList.toggle("ending", seconds < 3600)
  if (seconds < 0 && !time.dataset.over) {
    time.dataset.over = "1"
    queueMicrotask(() => time.dispatchEvent(new CustomEvent("desk:over", { bubbles: true })))
  }
  if (seconds >= COUNTED) return span(Math.floor(seconds / 60))
  const rest = Math.max(0, seconds)
  return `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`
}

export function refresh(root = document) {
  const now = Date.now()
  for (const time of root.querySelectorAll("time[data-as]")) {
    const text = said(time, now)
    if (time.textContent !== text) time.textContent = text
    if (!time.title && time.dataset.as !== "date") time.title = new Date(time.dateTime).toLocaleString(language)
  }
}

refresh()
setInterval(refresh, 20_000)
setInterval(() => {
  const soon = Date.now() + COUNTED * 1000
  if ([...document.querySelectorAll("time[data-as=left]:not([data-over])")].some((time) => Date.parse(time.dateTime) < soon)) refresh()
}, 1000)
document.addEventListener("desk:patched", () => refresh())
document.addEventListener("htmx:afterSettle", () => refresh())

// How things stand, on pages that nobody reloads: pieces that changed are drawn anew, fields are not touched.
const EVERY = 10_000
const pieces = (page) => page.querySelectorAll("[data-fresh][id]")
let asking = false

async function look() {
  const source = document.querySelector("[data-fresh-from]")?.dataset.freshFrom
  if (!source || asking || document.hidden || !navigator.onLine) return
  asking = true
  try {
    const answer = await fetch(source, { credentials: "same-origin" })
    if (!answer.ok || answer.redirected) return
    const there = new DOMParser().parseFromString(await answer.text(), "text/html")
    for (const fresh of pieces(there)) renew(document.getElementById(fresh.id), fresh)
  } catch { /* the next look may see it */ } finally {
    asking = false
  }
}

function renew(here, fresh) {
  if (!here || here.isEqualNode(fresh) || here.contains(document.activeElement)) return
  here.replaceChildren(...fresh.childNodes)
}

setInterval(look, EVERY)
document.addEventListener("visibilitychange", look)

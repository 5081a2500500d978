// What every page behind the login has.
document.documentElement.classList.remove("no-js")
import "./asking.js"
import "./copying.js"
import "./times.js"
import "./overlays.js"
import "./palette.js"
import "./keys.js"
import "./fresh.js"
// On a phone the sections of the settings scroll sideways: the open one stands in sight.
document.querySelector(".sections [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" })

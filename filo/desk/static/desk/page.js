// What every page behind the login has.
document.documentElement.classList.remove("no-js")
import "./asking.js"
import "./copying.js"
import "./times.js"
import "./overlays.js"
import "./palette.js"
import "./keys.js"
import "./fresh.js"

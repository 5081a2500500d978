// The three panes.
import "./thread.js"
import "./composer.js"
import "./inserts.js"
import "./templates.js"
import "./rows.js"
import "./presence.js"
import "./wire.js"

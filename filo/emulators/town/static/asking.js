// The emulators' JSON, and the patience to ask again.
export async function ask(path, body) {
  const asked = body === undefined ? {} : {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const reply = await fetch(path, asked);
  const told = await reply.json().catch(() => ({}));
  return { ok: reply.ok, status: reply.status, ...told };
}

// One after the other, never two at once; a page that nobody sees asks nothing.
export function again(milliseconds, look) {
  const away = document.getElementById("away");
  async function round() {
    if (!document.hidden) {
      try {
        await look();
        away.hidden = true;
      } catch {
        away.hidden = false;
      }
    }
    setTimeout(round, milliseconds);
  }
  round();
}

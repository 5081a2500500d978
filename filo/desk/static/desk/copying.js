// A button with data-copy puts the words of that field onto the clipboard, and says so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]")
  if (!button) return
  const field = document.getElementById(button.dataset.copy)
  field.select()
  // Without https there is no clipboard: the words stay selected, for Ctrl+C.
  if (!navigator.clipboard) return
  await navigator.clipboard.writeText(field.value)
  const label = button.querySelector("span")
  const before = label.textContent
  label.textContent = button.dataset.copied
  setTimeout(() => { label.textContent = before }, 2000)
})

// <template data-to="selector" data-how="verb">…</template>: pieces of the page, rendered by the server.

const asElements = (html) => {
  const box = document.createElement("template");
  box.innerHTML = html;
  return box.content;
};

const known = (el) => (el.id && document.getElementById(el.id)) || optimistic(el);

// What a page has drawn ahead of the server carries the client id that the server's copy will name.
const optimistic = (el) => {
  const client = el.dataset.client;
  return client && document.querySelector(`[data-client="${CSS.escape(client)}"]`);
};

// In place: the element keeps its focus, its neighbours their scroll.
const become = (old, el) => {
  for (const { name } of [...old.attributes]) if (!el.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of el.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old.innerHTML !== el.innerHTML) old.replaceChildren(...el.childNodes);
  return old;
};

// Messages stand in the order of their ids; one that is older than all that is shown is not wanted.
const inOrder = (to, el) => {
  const shown = [...to.children].filter((child) => child.id.startsWith("msg_"));
  const before = shown.findLast((child) => child.id < el.id);
  if (before) before.after(el);
  else if (!shown.length) to.append(el);
  else return null;
  return el;
};

const put = (to, el) => (el.id.startsWith("msg_") ? inOrder(to, el) : (to.append(el), el));

const first = (to, el) => {
  const old = known(el);
  if (!old) return to.prepend(el), el;
  if (to.moveBefore && old.parentNode === to) to.moveBefore(old, to.firstElementChild);
  else if (to.firstElementChild !== old) to.prepend(old);
  return become(old, el);
};

const each = (deed) => (to, fresh) => [...fresh.children].map((el) => deed(to, el));

export const HOW = {
  append: each((to, el) => (to.append(el), el)),
  prepend: each((to, el) => (to.prepend(el), el)),
  first: each(first),
  "upsert-first": each(first),
  upsert: each((to, el) => (known(el) ? become(known(el), el) : put(to, el))),
  inner: (to, fresh) => (to.replaceChildren(fresh), [to]),
  replace: (to, fresh) => {
    const els = [...fresh.children];
    to.replaceWith(fresh);
    return els;
  },
  remove: (to) => (to.remove(), []),
};

export function patch(html) {
  for (const one of asElements(html).querySelectorAll("template[data-to]"))
    for (const to of document.querySelectorAll(one.dataset.to))
      for (const el of HOW[one.dataset.how](to, one.content.cloneNode(true))) {
        if (!el) continue;
        window.htmx?.process(el);
        el.dispatchEvent(new CustomEvent("filo:patched", { bubbles: true }));
      }
}

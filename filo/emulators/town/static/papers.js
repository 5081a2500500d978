// What a company hands out: a boarding pass and a receipt, drawn as such.
import { el, icon } from "/town/draw.js";
import { w } from "/town/words.js";

const locale = { it: "it-IT", en: "en-GB" }[document.documentElement.lang];
// A flight's times are those of its airport, whatever clock the reader lives by.
const at = (moment) => moment?.slice(11, 16) ?? "";
const date = (moment) => new Date(`${moment.slice(0, 10)}T12:00`).toLocaleDateString(locale, { day: "numeric", month: "short" });
const money = ({ amount, currency }) => new Intl.NumberFormat(locale, { style: "currency", currency }).format(Number(amount));
const fact = (name, value) => value && el("div", {}, el("dt", {}, w(name)), el("dd", {}, value));

export function code(given) {
  if (!given?.svg) return given?.payload ? el("figure", { className: "code" }, el("code", {}, given.payload)) : null;
  const src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(given.svg)}`;
  return el("figure", { className: `code ${given.kind}` }, el("img", { src, alt: w("code") }));
}

export function boarding(pass) {
  const end = (place, moment) => el("div", {}, el("strong", {}, place.code), el("small", {}, place.city ?? ""), el("b", {}, at(moment)));
  return el("div", { className: "pass" },
    el("div", { className: "top" }, el("img", { src: "/town/wing.svg", alt: "", width: 18, height: 18 }), el("b", {}, w("pass")), el("span", {}, pass.flight)),
    el("div", { className: "route" }, end(pass.origin, pass.departs), icon("plane"), end(pass.destination, pass.arrives)),
    el("dl", {}, fact("pass_passenger", pass.passenger), fact("pass_date", date(pass.departs)), fact("pass_boards", at(pass.boards)), fact("pass_terminal", pass.terminal),
      fact("pass_gate", pass.gate), fact("pass_seat", pass.seat), fact("pass_group", pass.group), fact("pass_cabin", pass.cabin), fact("pass_reference", pass.reference)),
    code(pass.code), pass.url && el("a", { className: "open", href: pass.url, target: "_blank", rel: "noreferrer" }, w("pass_open")));
}

export function receipt(bill) {
  const row = (name, price, className = "") => el("tr", { className }, el("th", { scope: "row" }, name), el("td", {}, money(price)));
  const rows = bill.items.map((item) => row(`${item.quantity ?? 1} × ${item.title}`, item.price));
  return el("div", { className: "bill" }, el("b", {}, `${w("receipt")} ${bill.number}`),
    el("table", {}, el("tbody", {}, rows, bill.tax && row(w("tax"), bill.tax), row(w("total"), bill.total, "total"))),
    bill.paid_with && el("small", {}, `${w("paid_with")} ${bill.paid_with}`), bill.url && el("a", { className: "open", href: bill.url, target: "_blank", rel: "noreferrer" }, w("pass_open")));
}

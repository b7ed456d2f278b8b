"use strict";
// Without this script every page works with mouse and Tab; with it, by single keys: j and k go from
// item to item, Enter opens one; a digit gives all points of a criterion or none, s saves, a accepts.
(() => {
  const items = [...document.querySelectorAll(".item")];
  let at = -1;

  const go = (place) => {
    if (!items.length) return;
    items[at]?.classList.remove("here");
    at = Math.max(0, Math.min(items.length - 1, place));
    items[at].classList.add("here");
    items[at].focus({ preventScroll: true });
    items[at].scrollIntoView({ block: "nearest" });
  };

  const open = (item) => {
    if (item instanceof HTMLDetailsElement) item.open = !item.open;
    else item.querySelector("a")?.click();
  };

  // A key that an item itself knows: a button is pressed, a number goes between all and nothing.
  const own = (item, key) => {
    const control = item?.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!control) return false;
    if (control.type === "number") control.value = control.value === control.max ? "0" : control.max;
    else control.click();
    return true;
  };

  const asked = items.findIndex((item) => item.id && `#${item.id}` === location.hash);
  if (asked >= 0) go(asked);

  const waiting = document.querySelector("[data-reload]");
  if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.reload));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, button, a, summary")) return;
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else if (event.key === "Enter" && items[at]) open(items[at]);
    else if (!own(items[at], event.key)) return;
    event.preventDefault();
  });
})();

"use strict";
// Without this script the page is complete; with it, the table can be sorted and searched.
(() => {
  const table = document.querySelector("#students-table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const tell = document.querySelector("#found");
  const key = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
  const compare = (a, b) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    const [x, y] = [Number(a), Number(b)];
    return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b, "en", { numeric: true }) : x - y;
  };

  const sortBy = (header) => {
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const sorted = rows
      .map((row) => [key(row, header.cellIndex), row])
      .sort(([a], [b]) => (down && a !== "" && b !== "" ? compare(b, a) : compare(a, b)));
    body.append(...sorted.map(([, row]) => row));
  };

  for (const header of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sortBy(header));
    header.append(button);
  }

  // "q1 not yet" asks for one outcome of one question: words behind a question's name belong to it.
  const outcomes = rows.map((row) => (row.dataset.outcomes ?? "").toLowerCase().split(";").map((each) => each.trim().split(/\s+/)));
  const known = new Set(outcomes.flat().flatMap(([, ...words]) => words));
  const names = new Set(outcomes.flat().map(([name]) => name).filter(Boolean));
  const read = (text) => {
    const free = [], asked = [];
    for (const word of text.toLowerCase().split(/\s+/).filter(Boolean)) {
      if (names.has(word)) asked.push([word]);
      else if (asked.length && [...known].some((each) => each.startsWith(word))) asked.at(-1).push(word);
      else free.push(word);
    }
    return [free, asked];
  };
  const went = (outcome, [name, ...words]) =>
    outcome[0] === name && words.every((word) => outcome.slice(1).some((each) => each.startsWith(word)));

  const search = document.querySelector("#search");
  search.addEventListener("input", () => {
    const [free, asked] = read(search.value);
    let shown = 0;
    rows.forEach((row, place) => {
      const text = `${row.dataset.search ?? row.textContent} ${row.dataset.outcomes ?? ""}`.toLowerCase();
      row.hidden =
        !free.every((word) => text.includes(word)) ||
        !asked.every((one) => outcomes[place].some((outcome) => went(outcome, one)));
      shown += !row.hidden;
    });
    tell.textContent = free.length + asked.length ? `${shown} of ${rows.length} shown` : "";
  });
  const measures = document.querySelector("#measures");
  const show = () => table.classList.toggle("short", !measures.checked);
  measures.addEventListener("change", show);
  show();
  document.querySelector("#tools").hidden = false;
})();

"use strict";
// Sorting, searching and paging are DataTables'; this joins the filters above the table to it.
(() => {
  const held = document.getElementById("rows");
  const filters = document.getElementById("filters");
  if (!held || !filters) return;
  // made beside the page, so that no more than one page of rows is ever laid out
  const table = new DOMParser().parseFromString(held.textContent, "text/html").getElementById("class");
  const words = table.dataset;
  const selects = [...filters.querySelectorAll("select[data-filter]")];
  const least = document.getElementById("least"), most = document.getElementById("most");
  const shown = document.getElementById("shown");
  const lines = [...table.tBodies[0].rows];
  const totals = lines.map((row) => Number(row.lastElementChild.dataset.order));
  const numbers = new Map(words.tags.split("\n").map((tag, number) => [tag, String(number)]));
  const tags = lines.map((row) => new Set(row.dataset.tags.split(" ")));
  const beside = document.createElement("div");
  beside.append(document.adoptNode(table));
  const long = lines.length > 150;
  const data = new DataTable(table, {
    autoWidth: false, order: [], pageLength: 50, paging: long, lengthChange: false,
    layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: long ? "paging" : null },
    language: { zeroRecords: words.none, emptyTable: words.none, paginate: { previous: words.previous, next: words.next } },
  });
  data.search.fixed("filters", (_text, _data, place) => {
    const chosen = selects.map((select) => select.value).filter(Boolean).map((tag) => numbers.get(tag));
    return chosen.every((number) => tags[place].has(number))
      && (least.value === "" || totals[place] >= Number(least.value))
      && (most.value === "" || totals[place] <= Number(most.value));
  });
  const draw = () => {
    data.search(document.getElementById("search").value).draw();
    const count = data.rows({ search: "applied" }).count();
    shown.textContent = words.shown.replace("{0}", count).replace("{1}", lines.length);
  };
  filters.addEventListener("input", draw);
  filters.addEventListener("reset", () => setTimeout(draw));
  filters.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-show]");
    if (!link) return;
    filters.reset();
    for (const select of selects) {
      if ([...select.options].some((option) => option.value === link.dataset.show)) select.value = link.dataset.show;
    }
    setTimeout(draw);
  });
  draw();
  held.replaceWith(...beside.childNodes);
  filters.hidden = false;
})();

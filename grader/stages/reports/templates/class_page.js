"use strict";
// Sorting, searching and paging are DataTables'; this joins the filters above the table to it.
(() => {
  const table = document.getElementById("class");
  const filters = document.getElementById("filters");
  if (!table || !filters) return;
  const words = table.dataset;
  const selects = [...filters.querySelectorAll("select[data-filter]")];
  const least = document.getElementById("least"), most = document.getElementById("most");
  const shown = document.getElementById("shown");
  const rows = table.tBodies[0].rows.length;
  const data = new DataTable(table, {
    autoWidth: false, order: [], pageLength: 100, paging: rows > 150, lengthChange: false,
    layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: rows > 150 ? "paging" : null },
    language: { zeroRecords: words.none, emptyTable: words.none, paginate: { previous: words.previous, next: words.next } },
  });
  const tags = data.rows().nodes().toArray().map((row) => new Set(row.dataset.tags.split("\n")));
  const totals = data.rows().nodes().toArray().map((row) => Number(row.lastElementChild.dataset.order));
  data.search.fixed("filters", (_text, _data, place) => {
    const chosen = selects.map((select) => select.value).filter(Boolean);
    return chosen.every((tag) => tags[place].has(tag))
      && (least.value === "" || totals[place] >= Number(least.value))
      && (most.value === "" || totals[place] <= Number(most.value));
  });
  const draw = () => {
    data.search(document.getElementById("search").value).draw();
    const count = data.rows({ search: "applied" }).count();
    shown.textContent = words.shown.replace("{0}", count).replace("{1}", rows);
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
  filters.hidden = false;
  draw();
})();

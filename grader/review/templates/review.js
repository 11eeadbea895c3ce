"use strict";
// Keys for what the mouse does. Everything works without this script.
(() => {
  const typing = (element) => element.matches("input:not([type=checkbox]), textarea, select");
  const forms = () => [...document.querySelectorAll("form.decision[action='/decide']")].filter((form) => form.offsetParent !== null);
  const field = (form, name) => form.elements.namedItem(name);
  let current = -1;
  const go = (step) => {
    const all = forms();
    if (!all.length) return;
    current = (current + step + all.length) % all.length;
    all[current].scrollIntoView({ block: "center" });
    field(all[current], "points").focus();
  };
  document.addEventListener("focusin", (event) => {
    const form = event.target.closest("form.decision");
    if (form) current = forms().indexOf(form);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { document.activeElement.blur(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "n" || event.key === "p") document.getElementById(event.key === "n" ? "next" : "previous")?.click();
    else if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (/^[1-9]$/.test(event.key)) {
      const reason = document.querySelectorAll(".reasons li")[Number(event.key) - 1];
      const form = forms()[Math.max(current, 0)];
      if (!reason || !form) return;
      field(form, "reason").value = reason.textContent;
      field(form, "points").focus();
    } else return;
    event.preventDefault();
  });
})();

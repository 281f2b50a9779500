// Accessibility fixes that the theme and the bibliography lack.
document.addEventListener("DOMContentLoaded", () => {
  for (const list of document.querySelectorAll(".citation-list")) list.removeAttribute("role");
  for (const entry of document.querySelectorAll(".citation")) entry.removeAttribute("role");
  const sidebar = document.querySelector(".bd-sidebar-primary");
  sidebar?.setAttribute("role", "navigation");
  sidebar?.setAttribute("aria-label", "Book");
  // Their text is their name.
  for (const named of document.querySelectorAll("summary[aria-label], .search-button-field")) named.removeAttribute("aria-label");
  // Make whatever scrolls sideways focusable, also on narrow screens, in folds that open later, and what a script adds.
  const mark = (entries) => {
    const wide = entries.map(({ target }) => target.scrollWidth > target.clientWidth); // read all layout before changing any
    entries.forEach(({ target }, number) => (target.tabIndex = wide[number] ? 0 : -1));
  };
  // In the next frame: reading a fold's layout lays it out, and browsers report a size that changes while sizes are observed.
  const boxes = new ResizeObserver((entries) => requestAnimationFrame(() => mark(entries)));
  const SCROLLING = "pre, div.math, .cell_output > .output, .pst-scrollable-table-container";
  const watch = (place) => place.querySelectorAll(SCROLLING).forEach((box) => boxes.observe(box));
  const article = document.querySelector("article");
  if (!article) return;
  watch(article);
  const changes = new MutationObserver((records) => {
    for (const { target, addedNodes } of records) {
      const box = (target instanceof Element ? target : target.parentElement)?.closest(SCROLLING);
      if (box) boxes.observe(box);
      for (const added of addedNodes) {
        if (!(added instanceof Element)) continue;
        if (added.matches(SCROLLING)) boxes.observe(added);
        watch(added);
      }
    }
  });
  changes.observe(article, { childList: true, characterData: true, subtree: true });
});

// On paper nothing can be unfolded, and nothing is dark: hints are open, and colours light, while the page is printed.
const opened = [];
const { dataset } = document.documentElement;
let theme;
addEventListener("beforeprint", () => {
  opened.push(...document.querySelectorAll("details.sd-dropdown:not([open])"));
  for (const hint of opened) hint.open = true;
  theme ??= dataset.theme;
  dataset.theme = "light";
});
addEventListener("afterprint", () => {
  for (const hint of opened.splice(0)) hint.open = false;
  if (theme) dataset.theme = theme;
  theme = undefined;
});

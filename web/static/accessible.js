// What the theme and the bibliography leave undone for readers who listen to a page.
document.addEventListener("DOMContentLoaded", () => {
  for (const list of document.querySelectorAll(".citation-list")) list.removeAttribute("role");
  for (const entry of document.querySelectorAll(".citation")) entry.removeAttribute("role");
  const sidebar = document.querySelector(".bd-sidebar-primary");
  sidebar?.setAttribute("role", "navigation");
  sidebar?.setAttribute("aria-label", "Book");
  for (const fold of document.querySelectorAll("summary[aria-label]")) fold.removeAttribute("aria-label"); // its text says it
  // What scrolls sideways can be reached by keyboard, on a narrow screen and when it was folded at first, too.
  const boxes = new ResizeObserver((entries) => {
    const wide = entries.map(({ target }) => target.scrollWidth > target.clientWidth); // all of it before any change
    entries.forEach(({ target }, number) => (target.tabIndex = wide[number] ? 0 : -1));
  });
  for (const box of document.querySelectorAll("article pre, article div.math, article .pst-scrollable-table-container")) boxes.observe(box);
});

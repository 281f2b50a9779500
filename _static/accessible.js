// What the theme and the bibliography leave undone for readers who listen to a page.
document.addEventListener("DOMContentLoaded", () => {
  for (const list of document.querySelectorAll(".citation-list")) list.removeAttribute("role");
  for (const entry of document.querySelectorAll(".citation")) entry.removeAttribute("role");
  const sidebar = document.querySelector(".bd-sidebar-primary");
  sidebar?.setAttribute("role", "navigation");
  sidebar?.setAttribute("aria-label", "Book");
});

// Sets the remembered theme before anything is drawn. Without a choice, or without scripts, the reader's own counts.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // Storage may be switched off.
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => root.setAttribute("data-bs-theme", chosen ?? (dark.matches ? "dark" : "light"));
  show();
  dark.addEventListener("change", show);
  document.addEventListener("theme:switch", () => {
    chosen = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
    show();
    try {
      localStorage.setItem("theme", chosen);
    } catch {
      // It then lasts as long as the page.
    }
  });
})();

// What somebody is saying stays in their browser until it is said, whatever happens to the page meanwhile.
(() => {
  const LONGEST = 200000;
  const nameOf = (form) => `said:${location.pathname}:${form.dataset.keep}`;
  const textOf = (form) => form.querySelector("textarea[name=text]");

  const store = (work) => {
    try {
      return work(localStorage);
    } catch {
      return null; // Storage may be switched off or full; the text then lasts as long as the page.
    }
  };
  const forget = (name) => store((kept) => kept.removeItem(name));

  // A form that comes back with something in it says what was typed last; an empty one gets what was kept.
  const restore = (root) => {
    root.querySelectorAll("form[data-keep]").forEach((form) => {
      const text = textOf(form);
      const kept = store((all) => all.getItem(nameOf(form)));
      if (!kept || !text || text.value === kept) return;
      if (form.dataset.keep.startsWith("comment-") ? form.querySelector(".invalid-feedback") : text.value) return;
      text.value = kept;
      form.closest("details")?.setAttribute("open", "");
    });
  };

  document.addEventListener("input", ({ target }) => {
    const form = target.matches?.("textarea[name=text]") && target.closest("form[data-keep]");
    if (!form) return;
    const name = nameOf(form);
    if (target.value.trim() && target.value.length <= LONGEST) store((kept) => kept.setItem(name, target.value));
    else forget(name);
  });

  // Said: by htmx, or by a page whose address names what was said.
  document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const form = detail.requestConfig.elt;
    if (form.matches?.("form[data-keep]") && detail.xhr.status < 400) forget(nameOf(form));
  });
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
    const swapped = document.getElementById(detail.target.id);
    if (!swapped) return;
    restore(swapped);
    const form = swapped.querySelector(".comment form[data-keep], .reply[open] form");
    if (form) textOf(form)?.focus({ preventScroll: true });
  });
  const here = new URL(location.href);
  const said = here.searchParams.get("said");
  if (said !== null) {
    forget(`said:${location.pathname}:${said}`);
    here.searchParams.delete("said");
    history.replaceState(null, "", here);
  }
  restore(document);
})();

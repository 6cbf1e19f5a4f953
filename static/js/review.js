// Keys of a proposal's pages: before, both, after; the next change; a comment; the approval; another revision.
// They keep to the same switch as the site's other keys, and do nothing where somebody types.
(() => {
  const keysBox = document.querySelector("[data-action=keys]");
  const help = document.getElementById("help");
  const isTyping = (target) => target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]") !== null;

  const show = (id) => () => {
    const choice = document.getElementById(id);
    if (!choice) return;
    choice.checked = true;
    choice.focus({ preventScroll: true });
  };

  const isSeen = (place) => place.offsetParent !== null;
  const changes = () => [...document.querySelectorAll("[data-change]")].filter(isSeen);
  const current = () => document.activeElement?.closest?.("[data-change]");
  const step = (by) => () => {
    const all = changes();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
    all[next].focus({ preventScroll: true });
    all[next].scrollIntoView({ block: "center" });
  };

  const comment = () => {
    const place = current()?.closest("details") ?? current();
    const link = place?.querySelector("[data-comment], .line-added .talk") ?? place?.querySelector(".talk") ?? document.querySelector("[data-talk]");
    link?.click();
  };

  const approve = () => {
    const place = document.getElementById("approve");
    if (!place) return;
    for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    place.scrollIntoView({ block: "center" });
    (place.querySelector("input[type=checkbox], button, a") ?? place).focus({ preventScroll: true });
  };

  // The revision that is shown on the right, one back or one on; the page with the whole history stays where it is.
  const revision = (by) => () => {
    const choice = document.querySelector(".sides select[name=to]");
    if (!choice) return;
    const wanted = choice.selectedIndex - by;
    if (wanted < 0 || wanted >= choice.options.length) return;
    choice.selectedIndex = wanted;
    choice.form.requestSubmit();
  };

  const actions = {
    b: show("show-before"), v: show("show-both"), n: show("show-after"),
    j: step(1), k: step(-1), c: comment, a: approve, "[": revision(-1), "]": revision(1),
  };
  document.addEventListener("keydown", (event) => {
    if (keysBox && !keysBox.checked) return;
    if (help?.open || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
})();

// What every page shares: buttons of the head, keys, and a word when the server cannot be reached.
(() => {
  const help = document.getElementById("help");
  const trouble = document.getElementById("trouble");
  const keysBox = document.querySelector("[data-action=keys]");

  const remembered = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const remember = (name, value) => {
    try {
      localStorage.setItem(name, value);
    } catch {
      // Storage may be switched off; the choice then lasts as long as the page.
    }
  };

  const switchTheme = () => document.dispatchEvent(new Event("theme:switch"));
  const openHelp = () => {
    if (!help.open) help.showModal();
  };
  const openPlans = () => {
    const plans = document.querySelector(".switcher");
    if (!plans) return;
    plans.open = true;
    plans.querySelector("a").focus();
  };

  document.querySelector("[data-action=theme]").addEventListener("click", switchTheme);
  document.querySelector("[data-action=help]").addEventListener("click", openHelp);

  keysBox.checked = remembered("keys") !== "off";
  keysBox.addEventListener("change", () => remember("keys", keysBox.checked ? "on" : "off"));

  const actions = { "?": openHelp, t: switchTheme, p: openPlans };
  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      trouble.textContent = "";
      document.querySelectorAll(".switcher[open]").forEach((plans) => {
        plans.open = false;
        plans.querySelector("summary").focus();
      });
    }
    if (!keysBox.checked || help.open || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const step = /^[1-6]$/.test(event.key) && document.querySelector(`[data-step="${event.key}"]`);
    const action = actions[event.key];
    if (!step && !action) return;
    event.preventDefault();
    if (step) step.click();
    else action();
  });

  document.addEventListener("click", (event) => {
    document.querySelectorAll(".switcher[open]").forEach((plans) => {
      if (!plans.contains(event.target)) plans.open = false;
    });
  });

  // When the server answers with the same part again, what was opened stays open, and the focus stays where it was:
  // on the same control, or on what is left around it.
  const isHeld = "a[href], button:not([tabindex]), input:not([type=hidden]), select, summary, h2[tabindex]";
  let folds = new Map();
  let around = [];
  document.body.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    folds = new Map([...target.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]));
    around = [];
    if (!target.contains(document.activeElement)) return;
    for (let place = document.activeElement; place && place !== target.parentElement; place = place.parentElement) {
      if (place.id) around.push(place.id);
    }
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    folds.forEach((open, id) => {
      const fold = document.getElementById(id);
      if (fold) fold.open = open;
    });
    const left = around.map((id) => document.getElementById(id)).find(Boolean);
    const held = left?.matches(isHeld) ? left : left?.querySelector(isHeld);
    if (held && held !== document.activeElement) held.focus({ preventScroll: true });
    folds.clear();
    around = [];
  });

  // What is typed here changes nothing until a button is pressed, so nothing is asked of the server.
  const quiet = (event) => {
    if (event.target.matches?.("[data-quiet]")) event.stopPropagation();
  };
  document.addEventListener("change", quiet, true);
  document.addEventListener("input", quiet, true);

  // A link to something inside a fold opens the fold; the row that it leads to takes the focus.
  const reveal = (id) => {
    const target = id && document.getElementById(id);
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    target.querySelector("details.servers:not([open]), details.host:not([open])")?.setAttribute("open", "");
    target.scrollIntoView({ block: "center" });
    (target.matches("[tabindex]") ? target : target.querySelector(isHeld))?.focus({ preventScroll: true });
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("main a");
    const address = link && (link.getAttribute("href") ?? link.getAttribute("xlink:href"));
    if (address?.startsWith("#")) setTimeout(() => reveal(decodeURIComponent(address.slice(1))));
  });
  if (location.hash) reveal(decodeURIComponent(location.hash.slice(1)));

  // Paper has no folds: the steps of a runbook are printed whole.
  let printed = [];
  addEventListener("beforeprint", () => {
    printed = [...document.querySelectorAll(".runbook details:not([open])")];
    printed.forEach((fold) => (fold.open = true));
  });
  addEventListener("afterprint", () => printed.forEach((fold) => (fold.open = false)));

  // A form is sent once, however often its button is pressed; coming back to the page makes it ready again.
  let sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (sent.has(event.target)) event.preventDefault();
    sent.add(event.target);
  });
  addEventListener("pageshow", () => {
    sent = new WeakSet();
  });

  document.body.addEventListener("htmx:responseError", (event) => {
    trouble.textContent = `The site answered with an error (${event.detail.xhr.status}). What you entered is still here; try again.`;
  });
  document.body.addEventListener("htmx:sendError", () => {
    trouble.textContent = "The site cannot be reached. What you entered is still here; try again when it is back.";
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    // htmx calls a refusal whose page it shows a success as well.
    if (event.detail.successful && event.detail.xhr.status < 400) trouble.textContent = "";
  });
})();

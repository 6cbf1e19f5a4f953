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
    const step = /^[1-5]$/.test(event.key) && document.querySelector(`[data-step="${event.key}"]`);
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

  document.body.addEventListener("htmx:responseError", (event) => {
    trouble.textContent = `The site answered with an error (${event.detail.xhr.status}). What you entered is still here; try again.`;
  });
  document.body.addEventListener("htmx:sendError", () => {
    trouble.textContent = "The site cannot be reached. What you entered is still here; try again when it is back.";
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) trouble.textContent = "";
  });
})();

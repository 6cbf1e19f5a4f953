// The knobs of the forecast: a slider moves its number and follows it, and a server that is clicked on is gone.
(() => {
  const form = document.querySelector("form[data-knobs]");
  if (!form) return;
  const sliders = [...form.querySelectorAll("[data-for]")];
  const numberOf = (slider) => document.getElementById(slider.dataset.for);
  const isLog = (slider) => slider.dataset.scale === "log";

  const say = (slider) => slider.setAttribute("aria-valuetext", `${numberOf(slider).value} ${slider.dataset.says}`);
  const move = (slider) => {
    const place = Number(slider.value);
    numberOf(slider).value = isLog(slider) ? String(Number((10 ** place).toPrecision(3))) : slider.value;
    say(slider);
  };
  const follow = (slider) => {
    const value = Number(numberOf(slider).value);
    if (Number.isFinite(value) && (value > 0 || !isLog(slider))) slider.value = isLog(slider) ? Math.log10(value) : value;
    say(slider);
  };
  sliders.forEach(follow);

  // In the capturing phase, so that the number is there before the form is sent.
  form.addEventListener(
    "input",
    ({ target }) => {
      if (target.dataset.for) move(target);
      else sliders.filter((slider) => slider.dataset.for === target.id).forEach(follow);
    },
    true,
  );

  // What lies beyond the peak takes ten times as long as the answer: it follows when the knobs rest, and only where
  // somebody looks at it.
  const REST_MS = 800;
  const beyond = document.querySelector("[data-beyond]");
  if (beyond) {
    let isSeen = false;
    let isStale = false;
    let rest = null;
    const follow = () => {
      if (!isSeen || !isStale || rest) return;
      isStale = false;
      htmx.trigger("#beyond", "rest");
    };
    new IntersectionObserver(([entry]) => {
      isSeen = entry.isIntersecting;
      follow();
    }).observe(beyond);
    form.addEventListener("input", () => {
      isStale = true;
      beyond.dataset.stale = "";
      clearTimeout(rest);
      rest = setTimeout(() => {
        rest = null;
        follow();
      }, REST_MS);
    });
    document.addEventListener("htmx:afterSwap", ({ target }) => {
      if (target.id === "beyond" && !isStale) delete beyond.dataset.stale;
    });
  }

  const without = document.getElementById("without");
  if (!without) return;
  const kill = (name) => {
    without.value = name;
    without.dispatchEvent(new Event("input", { bubbles: true }));
    without.dispatchEvent(new Event("change", { bubbles: true }));
  };
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest?.("[data-kill]");
      const server = event.target.closest?.("#drawing svg a");
      if (!button && !server) return;
      event.preventDefault();
      const address = server && (server.getAttribute("href") ?? server.getAttribute("xlink:href"));
      kill(button ? button.dataset.kill : new URLSearchParams(address.slice(1)).get("without"));
    },
    true,
  );
})();

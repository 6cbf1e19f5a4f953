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

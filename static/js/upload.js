// The log form: files may be dropped on it, a file that is too large is told before it is sent, and sending shows.
(() => {
  const size = (bytes) => {
    const units = ["B", "KiB", "MiB", "GiB"];
    let unit = 0;
    while (bytes >= 1000 && unit < units.length - 1) {
      bytes /= 1024;
      unit += 1;
    }
    return `${bytes >= 100 ? bytes.toFixed(0) : bytes.toPrecision(3)} ${units[unit]}`;
  };

  const refuseLarge = (input) => {
    const total = [...input.files].reduce((sum, file) => sum + file.size, 0);
    const tooLarge = total > Number(input.dataset.limit);
    const says = `This is ${size(total)}, more than the ${input.dataset.limitText} that the site reads at once. Read it on the command line: python manage.py intake access.log -o workload.yaml`;
    document.getElementById("trouble").textContent = tooLarge ? says : "";
    return tooLarge;
  };

  const dropZone = (event) => event.target.closest?.("[data-drop]");
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

  document.addEventListener("dragover", (event) => {
    const zone = dropZone(event);
    document.querySelectorAll("[data-drop]").forEach((each) => each.classList.toggle("over", each === zone));
    if (carriesFiles(event)) event.preventDefault();
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) document.querySelectorAll("[data-drop]").forEach((each) => each.classList.remove("over"));
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    // A file dropped beside the zone would otherwise replace the page.
    event.preventDefault();
    const zone = dropZone(event);
    document.querySelectorAll("[data-drop]").forEach((each) => each.classList.remove("over"));
    if (!zone) return;
    const input = document.getElementById(zone.dataset.drop);
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  document.addEventListener("change", (event) => {
    if (event.target.id === "id_logs") refuseLarge(event.target);
  });

  const sending = () => document.querySelector("#log_form [data-sending]");

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id !== "log_form") return;
    if (refuseLarge(document.getElementById("id_logs"))) event.preventDefault();
    else sending().hidden = false;
  });
  document.addEventListener("htmx:xhr:progress", (event) => {
    if (event.target.id !== "log_form" || !event.detail.lengthComputable) return;
    const { loaded, total } = event.detail;
    const line = sending();
    const bar = line.querySelector("progress");
    bar.max = total;
    bar.value = loaded;
    line.querySelector("[data-sending-done]").textContent = `${size(loaded)} of ${size(total)}`;
    if (loaded === total) line.querySelector("[data-sending-says]").textContent = "Sent; starting to read";
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { successful, xhr } = event.detail;
    if (event.target.id === "log_form" && (!successful || xhr.status >= 400) && sending()) sending().hidden = true;
  });
})();

// Passkeys: asks the browser for the key that a form of the account needs, puts the answer into the form, sends it.
(() => {
  "use strict";

  const CREATED = ["clientDataJSON", "attestationObject"];
  const SHOWN = ["clientDataJSON", "authenticatorData", "signature", "userHandle"];

  const toBytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const toText = (bytes) => {
    const plain = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
    return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

  // What the server says in JSON, as the browser wants it, and back.
  const creation = (said, alone) => ({
    ...said,
    challenge: toBytes(said.challenge),
    user: { ...said.user, id: toBytes(said.user.id) },
    excludeCredentials: withBytes(said.excludeCredentials),
    authenticatorSelection: {
      ...said.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: alone,
      ...(alone ? { userVerification: "required" } : {}),
    },
  });
  const request = (said) => ({
    ...said,
    challenge: toBytes(said.challenge),
    allowCredentials: withBytes(said.allowCredentials),
  });
  const answer = (credential) => {
    const { response } = credential;
    const names = response.attestationObject ? CREATED : SHOWN;
    return JSON.stringify({
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: Object.fromEntries(
        names.filter((name) => response[name]).map((name) => [name, toText(response[name])]),
      ),
    });
  };

  const options = async (form) => {
    if (form.dataset.passkey === "login") {
      const told = await fetch(form.action, { headers: { Accept: "application/json" } });
      if (!told.ok) throw new Error("server");
      return (await told.json()).request_options.publicKey;
    }
    return JSON.parse(document.getElementById(form.dataset.options).textContent)[form.dataset.inside].publicKey;
  };
  const ask = async (form) => {
    const said = await options(form);
    if (form.dataset.passkey !== "create") return navigator.credentials.get({ publicKey: request(said) });
    const alone = form.elements.passwordless?.checked ?? false;
    return navigator.credentials.create({ publicKey: creation(said, alone) });
  };

  const SENTENCES = {
    InvalidStateError: "This device holds a key of your account already.",
    NotAllowedError: "No key was given: the question was closed, took too long, or no device here has one.",
    NotSupportedError: "No device here can keep such a key.",
    SecurityError: "Passkeys work over https alone, or on localhost.",
  };
  const say = (form, error) => {
    const place = form.querySelector("[data-passkey-says]");
    place.textContent = SENTENCES[error.name] ?? "The passkey could not be asked for. Try again, or log in in another way.";
    place.hidden = false;
  };

  // Shown only now that somebody answers for them.
  for (const form of document.querySelectorAll("form[data-passkey]")) form.hidden = false;

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset.passkey) return;
    event.preventDefault();
    try {
      if (!navigator.credentials) throw new DOMException("", "SecurityError");
      form.elements.credential.value = answer(await ask(form));
      form.submit(); // sends without asking once more
    } catch (error) {
      say(form, error);
    }
  });
})();

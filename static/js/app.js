// What a page can do only with a script. Without one every form still posts and every link still leads somewhere.
(() => {
  "use strict";

  const TOAST_MS = 6000;

  // ── Toasts: gone after a while, kept while looked at; errors stay until dismissed ──
  const toasts = document.getElementById("toasts");

  function dismiss(toast) {
    toast.classList.add("leaving");
    setTimeout(() => toast.remove(), 250);
  }

  function keepTime(toast) {
    if (toast.dataset.toast === "error") return;
    let timer;
    const seconds = toast.querySelector("[data-seconds]")?.dataset.seconds;
    const stay = seconds ? seconds * 1000 : TOAST_MS;
    const start = () => { timer = setTimeout(() => dismiss(toast), stay); };
    const stop = () => clearTimeout(timer);
    toast.addEventListener("mouseenter", stop);
    toast.addEventListener("focusin", stop);
    toast.addEventListener("mouseleave", start);
    toast.addEventListener("focusout", start);
    start();
  }

  function showFailure(event) {
    const status = event.detail.xhr?.status;
    const toast = document.getElementById(`failed-toast-${status}`) ?? document.getElementById("failed-toast");
    placeOfToasts().append(toast.content.cloneNode(true));
  }

  // An open dialog covers all outside of it and makes it inert: what could not be dismissed there stands inside.
  function placeOfToasts() {
    const dialog = document.querySelector("dialog:modal");
    if (!dialog) return toasts;
    const inside = dialog.querySelector(".toasts") ?? document.createElement("div");
    inside.className = "toasts";
    dialog.append(inside);
    return inside;
  }

  toasts.querySelectorAll("[data-toast]").forEach(keepTime);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node.nodeType === Node.ELEMENT_NODE && node.matches("[data-toast]")) keepTime(node);
      }
    }
  }).observe(toasts, { childList: true });

  // ── Copy: selects the text first, so that it works without permission for the clipboard ──
  async function copy(box) {
    const input = box.querySelector("input");
    const button = box.querySelector("button");
    input.focus();
    input.select();
    let copied = false;
    try {
      await navigator.clipboard.writeText(input.value);
      copied = true;
    } catch {
      copied = document.execCommand("copy");
    }
    box.querySelector("[role=status]").textContent = copied ? button.dataset.copied : button.dataset.selected;
    const label = button.querySelector("span");
    button.dataset.label ??= label.textContent;
    label.textContent = copied ? button.dataset.copied : button.dataset.label;
    setTimeout(() => { label.textContent = button.dataset.label; }, 2000);
  }

  // ── The settings page offers the zone this device is in ──
  function offerTimeZones() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const button of document.querySelectorAll("[data-offer-time-zone]")) {
      const field = document.getElementById(button.dataset.offerTimeZone);
      const isKnown = field && (!field.options || [...field.options].some((option) => option.value === zone));
      if (!zone || !isKnown || field.value === zone) continue;
      button.querySelector("[data-zone]").textContent = zone;
      button.hidden = false;
      button.addEventListener("click", () => {
        field.value = zone;
        button.hidden = true;
        field.focus();
      });
    }
  }

  // ── One listener each for the whole page, so that swapped-in parts need no set-up ──
  const openMenus = () => document.querySelectorAll("[data-menu][open]");

  document.addEventListener("click", (event) => {
    const toastButton = event.target.closest("[data-dismiss]");
    if (toastButton) dismiss(toastButton.closest("[data-toast]"));
    const copyButton = event.target.closest("[data-copy] button");
    if (copyButton) copy(copyButton.closest("[data-copy]"));
    if (event.target.closest("[data-print]")) print();
    const signing = event.target.closest("[data-sign-with-wallet]");
    if (signing) sign(signing.closest("form"));
    for (const menu of openMenus()) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // ── Signing with a wallet in this browser (EIP-1193): it fills the field that can be filled by hand too ──
  function offerSigning() {
    if (!window.ethereum) return;
    for (const button of document.querySelectorAll("[data-sign-with-wallet]")) button.hidden = false;
  }

  async function sign(form) {
    const text = form.querySelector("[data-statement]").value;
    const bytes = [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    try {
      await window.ethereum.request({ method: "eth_requestAccounts" });
      const wallet = form.querySelector("[name=wallet]").value;
      form.querySelector("[name=signature]").value =
        await window.ethereum.request({ method: "personal_sign", params: [`0x${bytes}`, wallet] });
    } catch { /* refused in the wallet: the field stays as it is */ }
  }
  offerSigning();

  // ── Dialogs: what htmx puts into #dialog opens; closed it leaves nothing, and focus goes back to what opened it ──
  const dialogs = document.getElementById("dialog");
  let opener = null;

  function returnFocus() {
    const again = opener?.isConnected ? opener : document.getElementById(opener?.id);
    again?.focus();
    opener = null;
  }

  dialogs?.addEventListener("htmx:beforeSwap", () => {
    if (!dialogs.firstElementChild) opener = document.activeElement;
  });

  dialogs?.addEventListener("htmx:afterSwap", () => {
    const dialog = dialogs.querySelector("dialog");
    if (dialog) dialog.showModal();
    else returnFocus();
  });

  dialogs?.addEventListener("close", () => {
    toasts.append(...dialogs.querySelectorAll("[data-toast]"));
    dialogs.replaceChildren();
    returnFocus();
  }, true);

  document.addEventListener("click", (event) => {
    const dialog = event.target.closest("[data-close]")?.closest("dialog");
    if (!dialog) return;
    event.preventDefault();
    dialog.close();
  });

  // ── A double click on what toggles is one click: the second would take back what the first did ──
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest("button[aria-pressed]")) event.preventDefault();
  });

  // ── htmx: say which button is busy, and say it when an answer is missing ──
  function pressed(event) {
    const element = event.detail.elt;
    return event.detail.requestConfig?.triggeringEvent?.submitter ?? (element.matches("button, .btn") ? element : null);
  }

  document.addEventListener("htmx:beforeRequest", (event) => pressed(event)?.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", (event) => pressed(event)?.removeAttribute("aria-busy"));
  document.addEventListener("htmx:responseError", showFailure);
  document.addEventListener("htmx:sendError", showFailure);

  offerTimeZones();
})();

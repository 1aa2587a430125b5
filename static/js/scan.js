// A scanner is faster than any answer: each scan waits for its turn, and what is typed meanwhile stays in the field.
"use strict";
{
  const waiting = [];
  let refusals = []; // of scans that others were sent after: they stay until somebody scans anew
  let sending = false;
  let passing = false;
  let typed = "";

  const scanForm = () => document.querySelector("form.scan");

  const sendNext = () => {
    const form = scanForm();
    if (sending || !waiting.length || !form) return;
    const field = form.elements.sku;
    const meanwhile = field.value;
    sending = passing = true;
    field.value = waiting[0];
    form.requestSubmit();
    field.value = meanwhile;
    passing = false;
  };

  document.addEventListener(
    "submit",
    (event) => {
      if (event.target !== scanForm() || passing || !window.htmx) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!waiting.length) refusals = [];
      waiting.push(event.target.elements.sku.value);
      event.target.elements.sku.value = "";
      setTimeout(sendNext); // a form that is being submitted cannot be submitted
    },
    true,
  );

  document.addEventListener("htmx:beforeSwap", () => {
    typed = scanForm()?.elements.sku.value ?? "";
  });

  document.addEventListener("htmx:afterSwap", () => {
    const form = scanForm();
    if (!form || !sending) return;
    waiting.shift();
    const told = document.querySelectorAll("main [role=alert]:not(.earlier)");
    refusals.forEach((each) => form.before(each));
    if (waiting.length) told.forEach((each) => refusals.push(earlier(each)));
    form.elements.sku.value = typed;
    if (typed || waiting.length) form.elements.sku.focus();
  });

  // Only now does htmx know the form that has come.
  document.addEventListener("htmx:afterSettle", () => {
    if (!sending) return;
    sending = false;
    sendNext();
  });

  const earlier = (alert) => {
    const copy = alert.cloneNode(true);
    copy.removeAttribute("role");
    copy.classList.add("earlier");
    return copy;
  };

  // The shop did not answer: the same scan is sent once more, under the same id, so that it counts once.
  for (const fault of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(fault, () => {
      if (!sending) return;
      sending = false;
      setTimeout(sendNext, 1000);
    });
  }
}

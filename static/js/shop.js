// What pages need beyond HTML and htmx. Every screen works without it.
"use strict";

const language = document.documentElement.lang;

// A double click would send the form twice. The button stays focusable, and becomes usable again when the person comes
// back to the page or the answer is late.
const ready = (form) => {
  delete form.dataset.sent;
  for (const each of form.elements) each.removeAttribute("aria-disabled");
};

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(ready, 5000, form);
  },
  true,
);
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(ready));

// Another language is asked for below a page that may have come in the place of a task's: it is for what is shown now.
document.querySelector(".languages").addEventListener("submit", ({ target }) => {
  target.elements.next.value = location.pathname + location.search;
});

// A page that follows by itself says so when it can't, from the fifth second on.
let answered = new Date();

document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (target instanceof HTMLFormElement) ready(target);
  if (detail.successful) answered = new Date();
  const notice = document.getElementById("offline");
  const { timeZone } = notice.dataset;
  notice.querySelector("time").textContent = answered.toLocaleTimeString(language, { hour12: false, timeZone });
  notice.hidden = target instanceof HTMLFormElement || Date.now() - answered < 5000;
});

// A form without an answer says so at once. That nothing was sent is sure only where there was no net to begin with.
const say = (what) => {
  for (const each of document.getElementById("unsent").children) each.hidden = each.dataset.what !== what;
};

document.addEventListener("htmx:beforeRequest", ({ target }) => {
  if (!(target instanceof HTMLFormElement)) return;
  say(null);
  target.dataset.net = navigator.onLine ? "there" : "away";
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ target, detail }) => {
    if (!(target instanceof HTMLFormElement)) return;
    say(target.dataset.net === "away" ? "nothing sent" : detail.boosted ? "task" : "basket");
  });
}

// When the session has ended, the answer is the sign-in page: loading this page anew leads there and back again. What was
// sent is kept meanwhile; the sign-in that was answered leads to it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, xhr } = event.detail;
  if (new URL(xhr.responseURL, location.href).pathname === document.body.dataset.signIn) {
    event.detail.shouldSwap = false;
    if (requestConfig.verb === "get") location.reload();
    else location.assign(xhr.responseURL);
  }
});

// A task that is sent in the background shows in its place what is wrong with it.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.boosted && detail.xhr.status === 422) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});

// What else is wrong with a form is shown as it is without htmx: as a page, with its summary. For that it is sent again:
// a task is done only once, however often it is sent; what goes into the basket may be there although the answer failed.
document.addEventListener("htmx:responseError", ({ target, detail }) => {
  if (!(target instanceof HTMLFormElement)) return;
  if (detail.boosted || detail.xhr.status < 500) target.submit();
  else say("basket");
});

// The waiting time grows while nothing else on the page changes, so the server is not asked for it.
const sizes = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

const tellWaiting = () => {
  for (const time of document.querySelectorAll("time.waiting")) {
    const seconds = Math.max(0, (Date.now() - Date.parse(time.dateTime)) / 1000);
    const [unit, size] = sizes.find(([, least]) => seconds >= least) ?? ["second", Infinity];
    time.textContent = ago.format(-Math.floor(seconds / size), unit);
  }
};

tellWaiting();
setInterval(tellWaiting, 10000);
document.addEventListener("htmx:afterSwap", tellWaiting);

// Papers are printed by a button, where there are scripts to do it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

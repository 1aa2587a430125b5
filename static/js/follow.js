// A page that follows what happens leaves alone what a person is at: their focus, and what they have opened.
"use strict";
{
  let focused = null;
  let opened = [];

  const nameOf = (element) =>
    [element.tagName, element.getAttribute("href") ?? "", element.textContent.trim()].join(" ");

  const summaries = (region) => [...region.querySelectorAll("details > summary")];

  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    const active = document.activeElement;
    // What has an id is focused again by htmx.
    focused = target.contains(active) && !active.id ? nameOf(active) : null;
    opened = summaries(target).filter((each) => each.parentElement.open).map(nameOf);
  });

  document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
    // A page that htmx puts back from its history has no target: nobody was at anything there.
    if (!target?.isConnected) return;
    for (const each of summaries(target)) each.parentElement.open ||= opened.includes(nameOf(each));
    const same = [...target.querySelectorAll("a, button, summary")].find((each) => nameOf(each) === focused);
    same?.focus({ preventScroll: true });
  });
}

// Waybill dashboard: keeps a page true while it is open. Every page works without this script.
"use strict";
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const two = (number) => String(number).padStart(2, "0");

  function local(date) {
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} `
      + `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  }

  function length(milliseconds) {
    const seconds = Math.floor(milliseconds / 1000);
    if (seconds < 60) return `${seconds} s`;
    const parts = [[Math.floor(seconds / 86400), "d"], [Math.floor(seconds / 3600) % 24, "h"],
      [Math.floor(seconds / 60) % 60, "min"]];
    const first = parts.findIndex(([count]) => count > 0);
    return parts.slice(first, first + 2).filter(([count]) => count > 0).map((part) => part.join(" ")).join(" ");
  }

  // The server's clock counts, not that of this machine.
  const main = () => document.getElementById("main");
  let ahead = 0;
  function readClock() {
    const now = Date.parse(document.documentElement.dataset.now || "");
    ahead = Number.isNaN(now) ? 0 : now - Date.now();
  }

  function tellTimes(root) {
    const isPast = document.documentElement.dataset.past === "yes";
    for (const time of root.querySelectorAll("time[data-time]")) {
      const date = new Date(time.dateTime);
      if (Number.isNaN(date.getTime())) continue;
      time.title = `${time.dateTime}, ${local(date)} in ${zone}`;
      const form = time.dataset.time;
      if (form === "whole" && !time.dataset.told) {
        time.dataset.told = "yes";
        const here = document.createElement("span");
        here.className = "soft";
        here.textContent = ` ${local(date).slice(11)} local,`;
        const after = time.nextSibling;
        if (after) after.after(here, " ");
      }
      if (isPast || (form !== "ago" && form !== "due")) continue;
      const away = date.getTime() - (Date.now() + ahead);
      const size = Math.abs(away);
      const text = size < 1000 ? (form === "due" ? "now" : "just now")
        : away > 0 ? `in ${length(size)}` : `${length(size)} ${form === "due" ? "overdue" : "ago"}`;
      if (time.textContent !== text) time.textContent = text;
    }
  }

  // Live: when the stream has news, the same page is fetched and its parts are replaced, at most once a second.
  let stream = null;
  let isPaused = false;
  let isFetching = false;
  let isOwed = false;
  let last = 0;

  function say(text) {
    const word = document.getElementById("live");
    if (word && word.textContent !== text) word.textContent = text;
  }

  function isInUse(part) {
    const focused = document.activeElement;
    const isTyped = focused && part.contains(focused) && /^(INPUT|TEXTAREA|SELECT)$/.test(focused.tagName);
    const selection = document.getSelection();
    return isTyped || (selection && !selection.isCollapsed && part.contains(selection.anchorNode));
  }

  // Where a focused link or button is within its part, so that its successor gets the focus back.
  function placeOfFocus(part) {
    const focused = document.activeElement;
    if (!focused || focused === document.body || !part.contains(focused)) return null;
    const all = [...part.querySelectorAll("a, button, summary, [tabindex]")];
    return { number: all.indexOf(focused), href: focused.getAttribute("href") };
  }

  function giveFocus(part, place) {
    const all = [...part.querySelectorAll("a, button, summary, [tabindex]")];
    const same = all.find((one) => place.href && one.getAttribute("href") === place.href) || all[place.number];
    if (same) same.focus({ preventScroll: true });
  }

  function replaceParts(fresh) {
    for (const part of document.querySelectorAll("[data-part]")) {
      const next = fresh.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
      if (!next || isInUse(part)) continue;
      const opened = [...part.querySelectorAll("details")].map((one) => one.open);
      next.querySelectorAll("details").forEach((one, index) => { if (opened[index]) one.open = true; });
      tellTimes(next);
      if (next.isEqualNode(part)) continue;
      const place = placeOfFocus(part);
      part.replaceWith(next);
      if (place) giveFocus(next, place);
    }
  }

  async function refresh() {
    if (isPaused) return;
    if (isFetching) { isOwed = true; return; }
    isFetching = true;
    const wait = last + 1000 - performance.now();
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    last = performance.now();
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        document.documentElement.dataset.now = fresh.documentElement.dataset.now || "";
        readClock();
        replaceParts(fresh);
        say("Live");
      } else {
        say("Not live: sign in again");
        stop();
      }
    } catch {
      say("Not live: the server does not answer");
    }
    isFetching = false;
    if (isOwed) { isOwed = false; refresh(); }
  }

  function stop() {
    if (stream) stream.close();
    stream = null;
  }

  function listen() {
    const target = main() && main().dataset.live;
    if (!target || isPaused || stream) return;
    stream = new EventSource(target);
    const isFirst = { vitals: true, order: true };
    stream.onopen = () => say("Live");
    stream.onerror = () => say("Not live: it tries again");
    for (const name of ["event", "order", "vitals", "progress", "gap"]) {
      stream.addEventListener(name, () => {
        // What the stream begins with is on the page already.
        if (isFirst[name]) { isFirst[name] = false; return; }
        refresh();
      });
    }
    stream.addEventListener("end", () => { refresh(); stop(); say("Nothing more can come"); });
  }

  function offerPause() {
    const place = document.getElementById("pause");
    if (!place || !(main() && main().dataset.live)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Pause live";
    button.addEventListener("click", () => {
      isPaused = !isPaused;
      button.textContent = isPaused ? "Go on live" : "Pause live";
      if (isPaused) { stop(); say("Paused"); } else { refresh(); listen(); }
    });
    place.append(button);
  }

  readClock();
  tellTimes(document);
  setInterval(() => { if (!document.hidden) tellTimes(document); }, 1000);
  offerPause();
  listen();
  document.addEventListener("visibilitychange", () => {
    // A page that is not seen needs no connection: a browser has six for each server.
    if (document.hidden) stop(); else { refresh(); listen(); }
  });
})();

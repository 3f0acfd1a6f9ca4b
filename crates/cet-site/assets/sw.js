// Shows the admission tickets that their owner kept on this device when the site cannot be reached. It keeps nothing by itself:
// keep.js does, when the owner asks for it. Each passport has its own cache (?of=); the caches of other passports are deleted.
"use strict";
const CACHE = "ticket-" + new URLSearchParams(location.search).get("of");
const TICKET = /^\/tickets(\/[0-9]+)?\.pdf$/;
// The pages with links to tickets.
const PAGES = /^\/(home|registration)$/;

async function forget(but) {
  for (const name of await caches.keys()) { if (name !== but) { await caches.delete(name); } }
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(forget(CACHE).then(() => clients.claim())));

addEventListener("fetch", (event) => {
  const request = event.request, url = new URL(request.url), path = url.pathname;
  if (url.origin !== location.origin) { return; }
  if (request.method === "POST" && path === "/logout") { event.waitUntil(forget()); }
  if (request.method !== "GET") { return; }
  if (TICKET.test(path) && !url.search) {
    event.respondWith(ticket(request, path).catch(() => fetch(request)));
  } else if (request.mode === "navigate" && PAGES.test(path)) {
    event.respondWith(fetch(request).catch(offline));
  }
});

// Network first: the kept copy is only used when the site cannot be reached.
async function ticket(request, path) {
  const cache = await caches.open(CACHE), kept = await cache.match(path);
  const answer = await fetch(request).catch(() => Response.error());
  if (!kept) { return answer; }
  if (answer.type === "error" || answer.status >= 500) { return kept; }
  if ([403, 404].includes(answer.status)) { await cache.delete(path); }
  if (answer.ok && answer.headers.get("Content-Type") === "application/pdf") {
    const copy = new Response(await answer.clone().blob(), { headers: kept.headers });
    await cache.put(path, copy).catch(() => {});
  }
  return answer;
}

// Built here, so that no page has to be kept.
async function offline() {
  const cache = await caches.open(CACHE);
  let links = "";
  for (const one of await cache.keys()) {
    const name = decodeURIComponent((await cache.match(one)).headers.get("Kept-As") || "");
    links += `<p><a href="${new URL(one.url).pathname}">准考证 Admission ticket ${name.replace(/[<&]/g, "")}</a>`;
  }
  const page = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>CET</title><h1>没有网络 No network</h1>${links}`;
  return links ? new Response(page, { headers: { "Content-Type": "text/html; charset=utf-8" } }) : Response.error();
}
